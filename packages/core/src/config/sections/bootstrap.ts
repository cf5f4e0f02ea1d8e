/** Where a Lingma to start comes from when no executable is given: what is installed, or a download. */
import { z } from 'zod';
import { choice, secretText, setting } from '../setting.js';

const name = (fallback: string) =>
  z
    .string()
    .regex(/^[\w.-]{1,128}$/, 'letters, digits, ".", "_" and "-" alone')
    .default(fallback);

export const bootstrapSection = {
  source: setting(choice(['marketplace', 'vsix', 'file', 'none']).optional(), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_SOURCE', 'LINGMA_SOURCE_TYPE'],
    flag: 'bootstrap-source',
    doc: 'Where a Lingma is fetched from when none is there: `marketplace` asks the store of VS Code, and takes `bootstrap.vsixUrl` where that fails; `vsix` takes that address alone; `file` takes `bootstrap.file`; `none` fetches nothing.',
    defaultDoc: '`file` where `bootstrap.file` is set, else `marketplace`',
  }),
  publisher: setting(name('Alibaba-Cloud'), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_PUBLISHER', 'LINGMA_MARKETPLACE_PUBLISHER'],
    doc: 'Publisher of the extension in the store.',
  }),
  extension: setting(name('tongyi-lingma'), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_EXTENSION', 'LINGMA_MARKETPLACE_EXTENSION'],
    doc: 'Name of the extension in the store.',
  }),
  marketplaceUrl: setting(z.url({ protocol: /^https?$/ }).default('https://marketplace.visualstudio.com'), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_MARKETPLACE_URL'],
    doc: 'The store: one of your own that answers as that of VS Code does. `http` is for this machine alone.',
    hint: 'an address such as https://marketplace.visualstudio.com',
  }),
  vsixUrl: setting(
    z
      .url({ protocol: /^https?$/ })
      .default('https://tongyi-code.oss-cn-hangzhou.aliyuncs.com/vscode/tongyi-lingma-latest.vsix'),
    {
      env: ['LINGMA_GATEWAY_BOOTSTRAP_VSIX_URL', 'LINGMA_VSIX_URL'],
      flag: { name: 'vsix-url', valueHint: 'url' },
      doc: 'Address of the extension itself (VSIX), or of a mirror. `http` is for this machine alone.',
      hint: 'an address such as https://mirror.example.com/tongyi-lingma.vsix',
    },
  ),
  file: setting(z.string().min(1).optional(), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_FILE'],
    flag: { name: 'bootstrap-file', valueHint: 'path' },
    doc: 'A VSIX that was downloaded before, or the ZIP of the JetBrains plug-in.',
  }),
  version: setting(
    z
      .string()
      .regex(/^\d[\w.+-]{0,63}$/, 'a version such as 2.6.10')
      .optional(),
    {
      env: ['LINGMA_GATEWAY_BOOTSTRAP_VERSION'],
      flag: { name: 'bootstrap-version', valueHint: 'version' },
      doc: 'The version of the extension to have, in place of the latest one.',
      hint: 'a version such as 2.6.10',
    },
  ),
  sha256: setting(
    z
      .string()
      .trim()
      .regex(/^[0-9a-fA-F]{64}$/, '64 hexadecimal digits')
      .transform((digits) => digits.toLowerCase())
      .optional(),
    {
      env: ['LINGMA_GATEWAY_BOOTSTRAP_SHA256'],
      writtenAs: z.string(),
      doc: 'What the SHA-256 of the download must be; another one is refused. The store tells none.',
      hint: '64 hexadecimal digits, as sha256sum prints them',
    },
  ),
  always: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_ALWAYS', 'LINGMA_BOOTSTRAP_ALWAYS'],
    flag: 'bootstrap-always',
    doc: 'Look for a newer version at each start. Otherwise nothing is fetched where a Lingma is there.',
  }),
  forceRefresh: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_FORCE_REFRESH', 'LINGMA_FORCE_REFRESH'],
    doc: 'Download and unpack at each start, whatever is there.',
  }),
  allowHosts: setting(z.array(z.string().min(1)).readonly().default([]), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_ALLOW_HOSTS'],
    doc: 'Further hosts that a download may come from, also such as lie in a private network; `*.example.com` is all names below one.',
  }),
  proxy: setting(secretText().optional(), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_PROXY'],
    secret: true,
    doc: 'HTTP proxy for downloads.',
    defaultDoc: '`HTTPS_PROXY` and `HTTP_PROXY` of the environment, but for `NO_PROXY`',
    hint: 'an address such as http://proxy.example.com:3128',
  }),
  discover: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_DISCOVER'],
    flag: 'bootstrap-discover',
    doc: 'Start a Lingma that an IDE has installed on this machine, where there is one, rather than download it.',
  }),
  keep: setting(z.int().min(1).max(20).default(2), {
    env: ['LINGMA_GATEWAY_BOOTSTRAP_KEEP'],
    doc: 'Downloaded versions that are kept.',
  }),
};
