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
const LINGMA_ROOMS = {
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
    'transport',
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
const TOOL_EMULATION_ROOMS = {
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
const POOL_ROOMS = {
  '.': ['conversation', 'routing', 'instance'],
  conversation: [],
  routing: ['instance'],
  instance: [],
} as const satisfies Record<string, readonly string[]>;

/**
 * The same of `packages/core/src/channel`. A row may be a single file, where that stands lower than its folder does.
 */
const CHANNEL_ROOMS = {
  '.': [
    'openai-compatible',
    'router',
    'conversation',
    'images',
    'stages',
    'model-catalog',
    'open-when-wanted',
    'empty-answer',
    'prompt-weight',
  ],
  'openai-compatible': ['router', 'empty-answer'],
  router: ['model-catalog', 'open-when-wanted'],
  conversation: [],
  images: [],
  stages: [],
  'model-catalog': [],
  'open-when-wanted': [],
  'empty-answer': [],
  'prompt-weight': [],
} as const satisfies Record<string, readonly string[]>;

/** The same of `packages/core/src/gateway`. */
const GATEWAY_ROOMS = {
  index: ['compose', '.', 'access', 'http', 'observe'],
  compose: ['.', 'access'],
  '.': ['routes', 'respond', 'body/known', 'body', 'access', 'observe', 'http', 'router', 'admission'],
  routes: ['respond', 'body', 'access', 'observe'],
  respond: ['body/known', 'body', 'access', 'observe'],
  'body/known': ['body'],
  body: ['admission'],
  access: ['http', 'router'],
  observe: [],
  http: [],
  router: [],
  admission: [],
} as const satisfies Record<string, readonly string[]>;

/** The same of `packages/server/src`. */
const SERVER_ROOMS = {
  '.': ['commands', 'serve', 'compose', 'settings', 'log', 'terminal'],
  commands: ['operator', 'serve', 'compose', 'settings', 'log', 'terminal', 'text'],
  operator: ['serve', 'compose', 'settings', 'log', 'terminal', 'text'],
  serve: ['compose', 'settings', 'log', 'terminal', 'text'],
  compose: ['text'],
  settings: ['terminal', 'text'],
  log: ['terminal'],
  terminal: ['text'],
  text: [],
} as const satisfies Record<string, readonly string[]>;

/** The same of `packages/login/src`. */
const LOGIN_ROOMS = {
  '.': ['browser', 'flow', 'browser-way', 'login-failure'],
  browser: ['flow', 'browser-way', 'login-failure'],
  flow: ['browser-way', 'login-failure'],
  'browser-way': ['login-failure'],
  'login-failure': [],
} as const satisfies Record<string, readonly string[]>;

/** The same of `packages/bootstrap/src`. */
const BOOTSTRAP_ROOMS = {
  '.': ['marketplace', 'download', 'archive', 'layout', 'sleep', 'platform', 'bootstrap-error'],
  marketplace: ['download', 'layout', 'platform', 'bootstrap-error'],
  download: ['layout', 'sleep', 'bootstrap-error'],
  archive: ['layout', 'platform', 'bootstrap-error'],
  layout: ['platform', 'bootstrap-error'],
  sleep: [],
  platform: ['bootstrap-error'],
  'bootstrap-error': [],
} as const satisfies Record<string, readonly string[]>;

/**
 * Folders with such tables. Where types are free, a room may name the type of what it is handed, from wherever that is;
 * what it loads points down all the same.
 */
export const ROOMS: readonly {
  readonly folder: string;
  readonly table: Readonly<Record<string, readonly string[]>>;
  readonly types: 'counted' | 'free';
}[] = [
  { folder: 'packages/core/src/lingma', table: LINGMA_ROOMS, types: 'counted' },
  { folder: 'packages/core/src/tool-emulation', table: TOOL_EMULATION_ROOMS, types: 'counted' },
  { folder: 'packages/core/src/pool', table: POOL_ROOMS, types: 'counted' },
  { folder: 'packages/core/src/channel', table: CHANNEL_ROOMS, types: 'free' },
  { folder: 'packages/core/src/gateway', table: GATEWAY_ROOMS, types: 'free' },
  { folder: 'packages/server/src', table: SERVER_ROOMS, types: 'counted' },
  { folder: 'packages/login/src', table: LOGIN_ROOMS, types: 'counted' },
  { folder: 'packages/bootstrap/src', table: BOOTSTRAP_ROOMS, types: 'free' },
];

/** Source files a room may hold flat; more want rooms of their own. */
export const ROOM_FILES = 14;

/** Rooms above that limit, where a file each is the order: a form of calls, a part of an exchange, a route, what is told of a request, a command. */
export const CROWDED_ROOMS: readonly string[] = [
  'packages/core/src/tool-emulation/block',
  'packages/core/src/channel/openai-compatible',
  'packages/core/src/channel/router',
  'packages/core/src/gateway/routes',
  'packages/core/src/gateway/observe',
  'packages/server/src/commands',
];

/** Folders that run wherever Web APIs exist: no `node:*`, no sockets, no files. */
export const PURE = ['util', 'chat', 'config', 'wire', 'tool-emulation'] as const;

/** Only these files may know `GatewayConfig`; everybody else takes narrow options. */
export const CONFIG_READERS = ['packages/core/src/gateway/compose/', 'packages/core/src/index.ts', 'packages/server/'];

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
