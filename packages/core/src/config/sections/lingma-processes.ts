/** Lingma processes of the gateway's own, the accounts they sign in with, and instances that run already. */
import { z } from 'zod';
import { Secret } from '../../util/index.js';
import { ACCOUNTS_AS_WRITTEN, accountsSchema, MAX_INSTANCES } from '../instances/account.js';
import { INSTANCES_AS_WRITTEN, instancesSchema } from '../instances/attached-instance.js';
import { argumentsSchema } from '../instances/process-arguments.js';
import { setting } from '../setting.js';

const path = () => z.string().min(1).optional();

/** As it stands: blanks may belong to a password. */
const credential = () =>
  z
    .string()
    .min(1)
    .transform((text) => new Secret(text))
    .optional();

export const processSettings = {
  bin: setting(path(), {
    env: ['LINGMA_GATEWAY_BIN', 'LINGMA_BIN'],
    flag: { name: 'bin', valueHint: 'path' },
    doc: 'The Lingma executable. With it the gateway starts a Lingma of its own, and no address may be set.',
  }),
  args: setting(argumentsSchema, {
    env: ['LINGMA_GATEWAY_ARGS'],
    flag: { name: 'args', valueHint: 'words' },
    writtenAs: z.array(z.string()),
    doc: 'Further arguments for the processes that the gateway starts: a JSON list, or words between blanks.',
  }),
  endpoint: setting(z.url({ protocol: /^https?$/ }).optional(), {
    env: ['LINGMA_GATEWAY_ENDPOINT'],
    flag: { name: 'endpoint', valueHint: 'url' },
    doc: 'Service that the processes are told to use (`--endpoint`).',
    defaultDoc: "Lingma's own",
    hint: 'an address such as https://lingma.example.com',
  }),
  dataDir: setting(z.string().min(1).default('data'), {
    env: ['LINGMA_GATEWAY_DATA_DIR'],
    flag: { name: 'data-dir', valueHint: 'path' },
    doc: 'Folder for all that the gateway keeps: the Lingma it has downloaded, and the work folders of its processes where `lingma.workDir` is not set.',
  }),
  poolDir: setting(path(), {
    env: ['LINGMA_GATEWAY_POOL_DIR'],
    flag: { name: 'pool-dir', valueHint: 'path' },
    doc: 'Folder that holds the work folders `inst-0`, `inst-1` … where there are several processes.',
    defaultDoc: '`pool` beside a work folder `vscode/sharedClientCache`, else within the work folder',
  }),
  accounts: setting(accountsSchema, {
    env: ['LINGMA_GATEWAY_ACCOUNTS', 'LINGMA_ACCOUNTS'],
    secret: true,
    writtenAs: ACCOUNTS_AS_WRITTEN,
    doc: 'Accounts, one process each: `user:password` between commas or line ends, or a JSON list of objects with `username`, `password`, `sessionBundle`, `sessionBundleFile`, `personalToken`, `userId`, `name`, `weight`, `workDir`, `dedicatedDomainUrl`, or `url` for a Lingma that runs already.',
    hint: 'user:password,user:password, or a JSON list of accounts',
  }),
  username: setting(credential(), {
    env: ['LINGMA_GATEWAY_USERNAME', 'LINGMA_USERNAME'],
    secret: true,
    doc: 'User name of the only account, where there is no list of them.',
  }),
  password: setting(credential(), {
    env: ['LINGMA_GATEWAY_PASSWORD', 'LINGMA_PASSWORD'],
    secret: true,
    doc: 'Its password.',
  }),
  sessionBundle: setting(credential(), {
    env: ['LINGMA_GATEWAY_SESSION_BUNDLE', 'LINGMA_SESSION_BUNDLE'],
    secret: true,
    doc: 'A login exported before, as text. Enough for an account by itself; wins over `lingma.sessionBundleFile`.',
  }),
  sessionBundleFile: setting(path(), {
    env: ['LINGMA_GATEWAY_SESSION_BUNDLE_FILE', 'LINGMA_SESSION_BUNDLE_FILE'],
    flag: { name: 'session-bundle-file', valueHint: 'path' },
    doc: 'File that holds a login exported before.',
  }),
  personalToken: setting(credential(), {
    env: ['LINGMA_GATEWAY_PERSONAL_TOKEN'],
    secret: true,
    doc: 'Personal token of the only account; needs `lingma.userId`.',
  }),
  userId: setting(credential(), {
    env: ['LINGMA_GATEWAY_USER_ID'],
    secret: true,
    doc: 'User id that belongs to `lingma.personalToken`.',
  }),
  instanceCount: setting(z.int().min(1).max(MAX_INSTANCES).optional(), {
    env: ['LINGMA_GATEWAY_INSTANCE_COUNT', 'LINGMA_INSTANCE_COUNT'],
    lenientEnv: ['LINGMA_GATEWAY_INSTANCE_COUNT', 'LINGMA_INSTANCE_COUNT'],
    flag: 'instance-count',
    doc: 'Lingma processes to start. More than there are accounts: the accounts are used again in order.',
    defaultDoc: 'the number of accounts, at least 1',
    hint: 'a whole number from 1 to 256',
  }),
  instances: setting(instancesSchema, {
    env: ['LINGMA_GATEWAY_INSTANCES'],
    writtenAs: INSTANCES_AS_WRITTEN,
    doc: 'Lingmas that run already and belong to the pool: a JSON list of objects with one of `wsUrl`, `pipe` and `infoFile`, and `name` and `weight` if you like. They are never started or stopped.',
    hint: 'a JSON list such as [{"wsUrl":"ws://127.0.0.1:36510/","weight":2}]',
  }),
};
