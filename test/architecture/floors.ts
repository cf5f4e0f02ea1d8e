/**
 * The house as data (see docs/architecture.md). To change the house, change this table and say why in the commit.
 */

/** Folder of `packages/core/src` → the folders it may import from. Its own is always allowed. */
export const FLOORS = {
  util: [],
  bundle: ['chat', 'util'],
  chat: ['util'],
  config: ['util'],
  wire: ['chat', 'util'],
  lingma: ['bundle', 'chat', 'util'],
  'tool-emulation': ['chat', 'util'],
  pool: ['lingma', 'chat', 'util'],
  data: ['lingma', 'chat', 'util'],
  channel: ['pool', 'lingma', 'tool-emulation', 'chat', 'util'],
  gateway: ['data', 'bundle', 'channel', 'pool', 'config', 'lingma', 'tool-emulation', 'wire', 'chat', 'util'],
} as const satisfies Record<string, readonly string[]>;

/**
 * Rooms of `packages/core/src/lingma`, from the top down, each with the rooms it may import from; all of them stand below
 * it, so that no two can need one another. `.` is the folder itself.
 */
export const LINGMA_ROOMS = {
  // The index: what signatures name is handed on from everywhere.
  '.': [
    'process',
    'process/agent',
    'process/login',
    'process/output',
    'process/system',
    'client',
    'session',
    'agent',
    'connection',
    'turn',
    'turn/native-tools',
    'protocol',
    'discovery',
    'transport',
  ],
  'process/agent': ['process', 'process/output', 'process/system', 'connection', 'transport'],
  process: [
    'process/login',
    'process/output',
    'process/system',
    'client',
    'connection',
    'discovery',
    'protocol',
    'jsonrpc',
    'transport',
  ],
  'process/login': ['client'],
  'process/output': ['transport'],
  'process/system': [],
  client: [
    'agent',
    'session',
    'dialect/acp',
    'dialect/lsp-chat',
    'dialect',
    'connection',
    'turn',
    'turn/native-tools',
    'protocol',
    'jsonrpc',
  ],
  session: ['agent', 'turn', 'protocol', 'jsonrpc'],
  'dialect/acp': ['agent', 'dialect', 'turn', 'turn/native-tools', 'protocol', 'jsonrpc', 'transport'],
  'dialect/lsp-chat': ['dialect', 'turn', 'turn/native-tools', 'turn/answer', 'protocol', 'jsonrpc', 'transport'],
  dialect: ['turn', 'protocol', 'jsonrpc'],
  turn: ['turn/native-tools', 'turn/answer', 'protocol', 'jsonrpc'],
  'turn/native-tools': ['turn/answer', 'protocol', 'jsonrpc', 'transport'],
  'turn/answer': [],
  agent: ['protocol', 'jsonrpc', 'transport'],
  connection: ['discovery', 'protocol', 'jsonrpc', 'transport'],
  protocol: ['jsonrpc', 'transport'],
  jsonrpc: ['transport'],
  discovery: ['transport'],
  transport: [],
} as const satisfies Record<string, readonly string[]>;

/** The same of `packages/core/src/tool-emulation`. */
export const TOOL_EMULATION_ROOMS = {
  '.': ['structured-output', 'prompt', 'scanner', 'block', 'body', 'call', 'schema', 'json'],
  'structured-output': ['prompt', 'schema', 'json'],
  prompt: ['schema', 'json'],
  scanner: ['block', 'call', 'schema'],
  block: ['body', 'call', 'json'],
  body: ['call', 'schema', 'json'],
  call: ['schema', 'json'],
  schema: [],
  json: [],
} as const satisfies Record<string, readonly string[]>;

/** The same of `packages/core/src/pool`. */
export const POOL_ROOMS = {
  '.': ['conversation', 'routing', 'instance'],
  conversation: [],
  routing: ['instance'],
  instance: [],
} as const satisfies Record<string, readonly string[]>;

/** Source files a room may hold flat; more want rooms of their own. */
export const ROOM_FILES = 14;

/** Rooms above that limit: a form of calls is a file in `block`. */
export const CROWDED_ROOMS: readonly string[] = ['block'];

/** Folders that run wherever Web APIs exist: no `node:*`, no sockets, no files. */
export const PURE = ['util', 'chat', 'config', 'wire', 'tool-emulation'] as const;

/** Only these files may know `GatewayConfig`; everybody else takes narrow options. */
export const CONFIG_READERS = [
  'packages/core/src/gateway/compose.ts',
  'packages/core/src/gateway/compose-channels.ts',
  'packages/core/src/gateway/compose-client.ts',
  'packages/core/src/gateway/compose-lingma.ts',
  'packages/core/src/gateway/compose-settings.ts',
  'packages/core/src/gateway/compose-options.ts',
  'packages/core/src/index.ts',
  'packages/server/',
];

/** Package folder → our packages it may import. */
export const PACKAGES = {
  core: [],
  node: [],
  simulator: [],
  express: ['@lingma-gateway/node'],
  fastify: ['@lingma-gateway/node'],
  'host-tools': ['@lingma-gateway/core'],
  'llm-client': [],
  login: ['@lingma-gateway/core'],
  bootstrap: ['@lingma-gateway/core'],
  server: [
    '@lingma-gateway/bootstrap',
    '@lingma-gateway/core',
    '@lingma-gateway/host-tools',
    '@lingma-gateway/login',
    '@lingma-gateway/node',
    '@lingma-gateway/simulator',
  ],
} as const satisfies Record<string, readonly string[]>;

/** Packages that know of core nothing but types: whoever composes them hands the rest in. */
export const TYPES_ALONE: readonly string[] = ['host-tools', 'bootstrap'];

/** Who may read the process's environment. */
export const ENVIRONMENT_READERS = ['packages/llm-client/', 'packages/server/', 'packages/simulator/', 'packages/dev/'];

/** Lines a file may have; above `soft` its header has to say why (a line with "Over 250 lines:"). */
export const FILE_LINES = { soft: 250, hard: 400 };
