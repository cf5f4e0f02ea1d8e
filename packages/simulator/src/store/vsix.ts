/** VSIX files that bring a "Lingma" which is the simulator, whole ones and such as must be refused. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeZip, type ZipMember } from './zip-writer.js';

/** What a VSIX is like. `nested` is what the vendor ships. */
export const VSIX_VARIANTS = [
  'nested',
  'flat',
  'no-version-folder',
  'jetbrains',
  'zip64',
  'several-inner',
  'no-extension-runtime',
  'empty-extension-runtime',
  'no-platform',
  'no-zip',
  'truncated',
  'slip-outer',
  'slip-inner',
  'absolute',
  'backslash',
  'link',
  'device',
  'bomb-ratio',
  'bomb-understated',
  'bomb-count',
  'duplicate',
  'crc',
  'encrypted',
  'does-not-run',
] as const;

/** A row of {@link VSIX_VARIANTS}. */
export type VsixVariant = (typeof VSIX_VARIANTS)[number];

/** What the package of an extension holds, and what is wrong with it. */
export interface VsixOptions {
  readonly variant?: VsixVariant;
  /** Of Lingma itself. Default 2.11.1. */
  readonly version?: string;
  /** Of the extension. Default 2.6.10. */
  readonly extensionVersion?: string;
  /** `<arch>_<os>` of those that are in it. Default: this machine's, and one other. */
  readonly platforms?: readonly string[];
  /** Flags that the simulator inside is started with, beside those that it gets. */
  readonly args?: readonly string[];
  /** Further bytes that don't get smaller by packing, so that a download takes a while. */
  readonly padding?: number;
}

/** `<arch>_<os>` of this machine, as Lingma's folders are called. */
export function ownPlatform(): string {
  const system = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[process.platform as string] ?? process.platform;
  return `${process.arch === 'arm64' && system !== 'windows' ? 'aarch64' : 'x86_64'}_${system}`;
}

/** A program that starts the simulator of this version. */
function program(version: string, args: readonly string[]): string {
  // Wherever this code was bundled to.
  const manifest = createRequire(import.meta.url).resolve('@lingma-gateway/simulator/package.json');
  const cli = pathToFileURL(join(dirname(manifest), 'dist', 'cli.js')).href;
  const extra = ['--server-version', version, ...args].join(' ');
  return [
    '#!/usr/bin/env node',
    `process.env.LINGMA_SIMULATOR_ARGS = ${JSON.stringify(extra)} + ' ' + (process.env.LINGMA_SIMULATOR_ARGS ?? '');`,
    `import(${JSON.stringify(cli)});`,
    '',
  ].join('\n');
}

/** An extension with a Lingma in it, as the bytes of its package. */
export function makeVsix(options: VsixOptions = {}): Buffer {
  const { variant = 'nested', version = '2.11.1', extensionVersion = '2.6.10', padding = 0 } = options;
  if (variant === 'no-zip') return Buffer.from('PK\u0003\u0004 that is no archive');
  const inner = innerMembers(version, variant, options);
  const manifest: ZipMember = {
    name: 'extension/package.json',
    content: JSON.stringify({ name: 'tongyi-lingma', publisher: 'Alibaba-Cloud', version: extensionVersion }),
  };
  const outer: ZipMember[] = [
    { name: 'extension.vsixmanifest', content: '<PackageManifest/>' },
    manifest,
    { name: 'extension/dist/extension.js', content: 'exports.activate = () => undefined;\n' },
  ];
  if (padding > 0) outer.push({ name: 'extension/dist/padding.bin', content: noise(padding), stored: true });
  const folder = 'extension/dist/bin/';
  const innerZip = writeZip(inner, { zip64: variant === 'zip64' });
  switch (variant) {
    case 'flat':
    case 'no-version-folder':
      return writeZip([...outer, ...inner.map((member) => ({ ...member, name: `${folder}${member.name}` }))]);
    case 'jetbrains':
      return writeZip([
        { name: 'tongyi-lingma/lib/plugin.jar', content: writeZip([{ name: 'META-INF/plugin.xml', content: '<p/>' }]) },
        { name: 'tongyi-lingma/binaries/lingma.zip', content: innerZip, stored: true },
      ]);
    case 'slip-outer':
      outer.push({ name: '../../evil.txt', content: 'evil' });
      break;
    case 'several-inner': {
      const older = writeZip(innerMembers('2.9.0', variant, options));
      outer.push({ name: `${folder}lingma-2.9.0.zip`, content: older, stored: true });
      break;
    }
    default:
  }
  const zip = writeZip([...outer, { name: `${folder}lingma-${version}.zip`, content: innerZip }], {
    zip64: variant === 'zip64',
  });
  return variant === 'truncated' ? zip.subarray(0, Math.floor(zip.length * 0.9)) : zip;
}

export function innerMembers(version: string, variant: VsixVariant, options: VsixOptions): readonly ZipMember[] {
  const { platforms = [ownPlatform(), 'aarch64_other'], args = [] } = options;
  const root = variant === 'no-version-folder' ? '' : `${version}/`;
  const named = variant === 'no-platform' ? platforms.filter((name) => name !== ownPlatform()) : platforms;
  const content = variant === 'does-not-run' ? '#!/nowhere/at-all\n' : program(version, args);
  const programs = named.flatMap((platform): ZipMember[] => {
    const ending = platform.endsWith('_windows') ? '.exe' : '';
    // Without the mode of a program: whoever unpacks it gives it one.
    return [
      { name: `${root}${platform}/Lingma${ending}`, content },
      { name: `${root}${platform}/LingmaLocal${ending}`, content: '#!/bin/sh\n' },
      ...(ending === '' ? [] : [{ name: `${root}${platform}/LingmaWin7.exe`, content }]),
    ];
  });
  const main: ZipMember[] =
    variant === 'no-extension-runtime'
      ? []
      : [{ name: `${root}extension/main.js`, content: variant === 'empty-extension-runtime' ? '' : MAIN }];
  const own = named[0] ?? ownPlatform();
  return [
    { name: 'config.json', content: JSON.stringify({ 'cosy.core.version': version }) },
    ...programs,
    ...main,
    { name: `${root}extension/node_modules/one/index.js`, content: 'exports.one = 1;\n' },
    ...evilMembers(variant, `${root}${own}/`),
  ];
}

const MAIN = '// The extension runtime.\nprocess.stdin.resume();\n'.repeat(20);
const BOMB_BYTES = 8 * 1024 * 1024;
const BOMB_ENTRIES = 20_001;

function evilMembers(variant: VsixVariant, folder: string): readonly ZipMember[] {
  switch (variant) {
    case 'slip-inner':
      return [{ name: `${folder}../../../evil.txt`, content: 'evil' }];
    case 'absolute':
      return [{ name: '/etc/evil.txt', content: 'evil' }];
    case 'backslash':
      return [{ name: `${folder}..\\..\\evil.txt`, content: 'evil' }];
    case 'link':
      return [{ name: `${folder}link`, content: '/etc/passwd', mode: 0o120777 }];
    case 'device':
      return [{ name: `${folder}device`, mode: 0o20666 }];
    case 'bomb-ratio':
      return [{ name: `${folder}bomb.bin`, content: Buffer.alloc(BOMB_BYTES) }];
    case 'bomb-understated':
      return [{ name: `${folder}bomb.bin`, content: Buffer.alloc(BOMB_BYTES), size: 1000 }];
    case 'bomb-count':
      return Array.from({ length: BOMB_ENTRIES }, (_, index) => ({ name: `${folder}many/${index}` }));
    case 'duplicate':
      return [{ name: `${folder}LINGMA`, content: 'other' }];
    case 'crc':
      return [{ name: `${folder}damaged.bin`, content: 'not what it was', crc: 0x12345678 }];
    case 'encrypted':
      return [{ name: `${folder}secret.bin`, content: 'secret', encrypted: true }];
    default:
      return [];
  }
}

/** Bytes that look random and are the same each time. */
export function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 0x2545f491;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
