/**
 * The house as data (see docs/architecture.md). To change the house, change this table and say why in the commit.
 */

/** Folder of `packages/core/src` → the folders it may import from. Its own is always allowed. */
export const FLOORS = {
  util: [],
  chat: ['util'],
  config: ['util'],
  wire: ['chat', 'util'],
  lingma: ['chat', 'util'],
  'tool-emulation': ['chat', 'util'],
  channel: ['lingma', 'tool-emulation', 'chat', 'util'],
  gateway: ['channel', 'config', 'lingma', 'tool-emulation', 'wire', 'chat', 'util'],
} as const satisfies Record<string, readonly string[]>;

/**
 * The inner order of a large folder: room → the rooms of the same folder it may import from. The folder's own files (its
 * stages and its index) stand above all of them.
 */
export const ROOMS = {
  'tool-emulation': {
    json: [],
    schema: [],
    call: ['json', 'schema'],
    body: ['call', 'json', 'schema'],
    block: ['body', 'call', 'json'],
    scanner: ['block', 'call', 'schema'],
    prompt: ['json', 'schema'],
    'structured-output': ['json', 'prompt', 'schema'],
  },
} as const satisfies Partial<Record<keyof typeof FLOORS, Readonly<Record<string, readonly string[]>>>>;

/** Folders that run wherever Web APIs exist: no `node:*`, no sockets, no files. */
export const PURE = ['util', 'chat', 'config', 'wire', 'tool-emulation'] as const;

/** Only these files may know `GatewayConfig`; everybody else takes narrow options. */
export const CONFIG_READERS = [
  'packages/core/src/gateway/compose.ts',
  'packages/core/src/index.ts',
  'packages/server/',
];

/** Package folder → our packages it may import. */
export const PACKAGES = {
  core: [],
  node: [],
  simulator: [],
  server: ['@lingma-gateway/core', '@lingma-gateway/node', '@lingma-gateway/simulator'],
} as const satisfies Record<string, readonly string[]>;

/** Who may read the process's environment. */
export const ENVIRONMENT_READERS = ['packages/server/', 'packages/simulator/', 'packages/dev/'];

/** Lines a file may have; above `soft` its header has to say why (a line with "Over 250 lines:"). */
export const FILE_LINES = { soft: 250, hard: 400 };
