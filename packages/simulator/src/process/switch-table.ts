/**
 * The one table of behaviour switches. `createSimulator` takes them as options, the executable as flags, `--help` prints
 * them: nothing about a switch is written down twice. Each answers an open question of the protocol document or is a fault.
 *
 * Over 250 lines: one table.
 */

/** A switch with some words to choose from. */
export interface ChoiceSwitch<T extends string> {
  readonly kind: 'choice';
  readonly choices: readonly T[];
  readonly fallback: T;
  readonly doc: string;
}
/** A switch that is on or off. */
export interface BooleanSwitch {
  readonly kind: 'boolean';
  readonly fallback: boolean;
  readonly doc: string;
}
/** A switch that is a number. */
export interface IntegerSwitch {
  readonly kind: 'integer';
  readonly fallback: number;
  readonly doc: string;
}
/** A switch that is a text. */
export interface StringSwitch {
  readonly kind: 'string';
  readonly fallback: string;
  readonly doc: string;
}

/** One row of the table. */
export type SwitchRow = ChoiceSwitch<string> | BooleanSwitch | IntegerSwitch | StringSwitch;

const choice = <const T extends string>(
  choices: readonly T[],
  fallback: NoInfer<T>,
  doc: string,
): ChoiceSwitch<NoInfer<T>> => ({ kind: 'choice', choices, fallback, doc });
const boolean = (fallback: boolean, doc: string): BooleanSwitch => ({ kind: 'boolean', fallback, doc });
const integer = (fallback: number, doc: string): IntegerSwitch => ({ kind: 'integer', fallback, doc });
const string = (fallback: string, doc: string): StringSwitch => ({ kind: 'string', fallback, doc });

/** Every switch with its values, its default without a profile, and what it does. */
export const SWITCH_TABLE = {
  // Identity
  serverName: string('lingma', 'serverInfo.name; also names the socket, the pipe and the discovery files'),
  serverVersion: string('2.11.1', 'serverInfo.version and what `version` prints'),
  wsPath: string('/', 'path of the WebSocket; anything else is 404'),
  wsRoot: boolean(false, 'the WebSocket is at / too, beside its path'),
  machineToken: boolean(
    false,
    'strict: WebSocket at its path alone, with Cosy-MachineToken from cache/machine_token.json and no Origin',
  ),

  // Framing
  frames: choice(
    ['whole', 'split', 'merge'],
    'whole',
    'one frame per message, cut at any byte, or several in one message',
  ),
  messageType: choice(['text', 'binary'], 'text', 'WebSocket message type (split frames are always binary)'),
  headerCase: choice(['canonical', 'lower', 'upper'], 'canonical', 'spelling of Content-Length'),
  extraHeaders: boolean(false, 'send a Content-Type header before Content-Length'),

  // Events
  eventsAsRequests: boolean(true, 'LSP-world events carry an id and want an answer'),
  eventReplyTimeoutMs: integer(5000, 'how long an event with an id waits for its answer'),
  awaitEventReplies: boolean(false, 'the next event of a turn waits for the answer to the one before'),
  broadcast: boolean(false, 'events go to all clients, not only to the asking one'),
  extensionRegister: choice(['none', 'notification', 'request'], 'none', 'extension/register right after a connect'),
  taskSync: boolean(false, 'task/status/sync and user/inprogress/task/sync as requests within ACP turns'),

  // LSP chat
  lspChat: choice(
    ['present', 'absent', 'silent'],
    'present',
    'chat/ask is served, unknown (-32601), or never answered',
  ),
  askReply: choice(
    ['at-once', 'first-event', 'end', 'never'],
    'at-once',
    'when a chat/ask sent as a request is answered',
  ),
  sessionIds: choice(
    ['process', 'echo'],
    'process',
    'id of a session the client names first: made here, or the client’s',
  ),
  stepEnd: choice(['before', 'after', 'none'], 'before', 'step_end before the text, after it, or no steps at all'),
  titleUpdate: boolean(true, 'session/title/update in new sessions'),
  emptyDeltas: boolean(false, 'an empty chat/answer after each delta, as captured'),
  chatFinish: choice(['always', 'never'], 'always', 'chat/finish at the end of a turn'),
  fullAnswer: choice(['full', 'empty'], 'full', 'fullAnswer of the finish event'),

  // Thinking
  thinking: choice(
    ['delta', 'cumulative', 'fence', 'tag', 'none'],
    'delta',
    'reasoning in LSP chat: chat/think deltas, chat/think with all so far, think fence, <think> tag, none',
  ),
  acpThinking: choice(
    ['auto', 'chunk', 'fence', 'tag', 'none'],
    'auto',
    'reasoning in ACP; auto: agent_thought_chunk, or tag/none as --thinking says',
  ),
  thoughtContent: choice(['text', 'reasoning'], 'text', 'content.type of agent_thought_chunk'),

  // ACP
  acp: choice(['present', 'absent', 'silent'], 'present', 'session/* is served, unknown (-32601), or never answered'),
  promptReply: choice(
    ['before', 'after', 'never'],
    'after',
    'reply to session/prompt before the stream or after chat_finish',
  ),
  promptResult: choice(['stop-reason', 'base', 'empty', 'null'], 'stop-reason', 'what that reply holds'),
  acpEnd: choice(
    ['chat-finish', 'prompt-completed', 'lsp-finish'],
    'chat-finish',
    'end of an ACP turn: chat_finish, sessionUpdate prompt_completed (a failure: error), or the event chat/finish',
  ),
  requestIdPlace: choice(['params', 'update', 'none'], 'params', 'where session/update carries the request id'),
  acpContent: choice(['object', 'array'], 'object', 'content of chunks: one part or an array of parts'),
  acpLspEvents: boolean(true, 'LSP-world events (steps, snapshot, title) within ACP turns'),
  availableCommands: boolean(true, 'available_commands_update after session/new'),
  modelUpdates: boolean(false, 'current_model_update and current_mode_update after a change'),
  userEcho: boolean(false, 'user_message_chunk with the prompt at the start of a turn'),
  sessionModel: choice(
    ['default', 'none'],
    'default',
    'a new ACP session has the default model, or none until set_model',
  ),
  sessionList: choice(
    ['all', 'ide'],
    'all',
    'chat/listAllSessions: all sessions, or the IDE’s own alone and for its IDE alone',
  ),
  unknownSession: choice(
    ['model-key-empty', 'not-found'],
    'model-key-empty',
    'error of session/prompt on a session that is not stored',
  ),
  echoProtocolVersion: boolean(false, 'initialize repeats protocolVersion'),

  // Usage, tools, images, models
  contextUsage: choice(
    ['auto', 'always', 'never'],
    'auto',
    'context usage events; auto: always in ACP, in LSP chat when the directive gives `usage`',
  ),
  toolInvokeAsync: boolean(false, 'tool/invoke with async:true, its result comes as tool/invokeResult'),
  toolSyncName: boolean(false, 'tool/call/sync carries toolName'),
  toolCards: boolean(false, 'a toolCall fence in the answer text for each native tool'),
  toolApproval: choice(['auto', 'ask'], 'auto', 'native tools run at once, or wait for tool/call/approve'),
  toolPermission: choice(['none', 'ask'], 'none', 'native tools in ACP ask through session/request_permission'),
  toolTimeoutMs: integer(30_000, 'how long a native tool waits for its answer'),
  toolConfig: choice(['ignore', 'native'], 'ignore', 'tools named in tool_config are called through native events'),
  imageSource: choice(['any', 'file', 'data'], 'any', 'where pictures of a prompt are read from'),
  imageUpload: choice(
    ['ok', 'refuse', 'fail', 'silent'],
    'ok',
    'image/upload works, is refused, fails later, never reports',
  ),
  modelsShape: choice(['scenes', 'array', 'models'], 'scenes', 'shape of config/queryModels'),
  modelsEmptyCalls: integer(0, 'the first N config/queryModels answer {} although logged in'),

  // Stopping
  stop: choice(
    ['finish', 'nothing', 'late'],
    'finish',
    'after a stop: a cancelled finish, nothing, or some late text and then the finish',
  ),
  beforeInitialize: choice(
    ['error', 'allow', 'hang'],
    'error',
    'calls before initialize fail, fail but for auth/status, ping and config/queryModels, or get no answer',
  ),

  // Failures
  loginPage: string('https://devops.aliyun.com/lingma/login', 'where the address of auth/login leads to'),
  loginUrlFrom: choice(
    ['login', 'login-url', 'snake', 'generate', 'none'],
    'login',
    'auth/login gives it as url, loginUrl or login_url; login/generateUrl alone does; nobody does',
  ),
  loginUrlForm: choice(
    ['plain', 'wrapped', 'http', 'foreign', 'other-port', 'no-port'],
    'plain',
    'that address as it should be, within the address of a logout page, or wrong',
  ),
  loginNonceMs: integer(600_000, 'how long such an address can be used'),
  loginReport: boolean(true, 'auth/report and model/refresh after a login'),
  loginStatusDelayMs: integer(0, 'auth/status tells of a login so much later'),
  loginFileDelayMs: integer(0, 'cache/user is written so much after a login'),
  organisations: string(
    '',
    'ID=NAME, several with commas: the callback asks which; an empty ID is the personal account',
  ),
  personalToken: string('', 'USER_ID:TOKEN that auth/login takes; none otherwise'),
  accessKeys: string('', 'ACCESS_KEY:SECRET_KEY that auth/login takes; none otherwise'),
  dedicatedDomain: string(
    '',
    'auth/login is refused before config/updateEndpoint or --endpoint has named this address',
  ),
  updateEndpoint: boolean(true, 'config/updateEndpoint is known'),
  loggedOut: boolean(false, 'not logged in: cache/user is not made on the first start'),
  notLoggedIn: choice(['finish', 'rpc-error', 'silence'], 'finish', 'how a turn fails when logged out'),
  quotaExceeded: boolean(false, 'every turn fails for lack of quota'),
  quota: choice(
    ['finish', 'finish-112', 'chat-error', 'text'],
    'finish',
    'how it does so; finish-112: a text about prices and finish 112, as QoderCN does',
  ),
  filter: choice(['overwrite', 'finish'], 'overwrite', 'content filter: an overwriting answer, or a failing finish'),
  modelTimeout: choice(['off', 'finish', 'silence'], 'off', 'every turn times out: finish 408, or silence'),
  errorForm: choice(['finish', 'chat-error', 'rpc-error'], 'finish', 'how the `error` directive fails a turn'),
  cut: choice(['clean', 'mid-frame'], 'clean', 'connections are cut after a whole frame, or within one'),
  maxClients: integer(0, 'refuse more connections than this; 0 = no limit'),
  upgrade: choice(
    ['ok', 'silent', 'garbage', 'reset'],
    'ok',
    'a WebSocket is opened, never answered, answered with no HTTP, or reset',
  ),
  methodFaults: string(
    '',
    'METHOD=FAULT, several with commas; silent, error, null, twice (answered twice), drop (connection cut)',
  ),
  failStart: boolean(false, 'fail to start'),
  slowStartMs: integer(0, 'wait before listening'),
  infoFile: choice(
    ['normal', 'late', 'stale', 'none'],
    'normal',
    '.info.json: written, written late, left stale, missing',
  ),
  infoDelayMs: integer(500, 'how late is late'),
  extensionRuntime: choice(['ok', 'missing'], 'ok', 'log lines of the extension side-car'),
} as const;

/** Name of a switch: the member of the options. */
export type SwitchName = keyof typeof SWITCH_TABLE;

/** What a switch of the table can be set to. */
export type ValueOf<Row> =
  Row extends ChoiceSwitch<infer T>
    ? T
    : Row extends BooleanSwitch
      ? boolean
      : Row extends IntegerSwitch
        ? number
        : string;

/** All switches with their values. */
export type Switches = { readonly [Name in SwitchName]: ValueOf<(typeof SWITCH_TABLE)[Name]> };

/** Flag of a switch without dashes: kebab-case, a unit at the end left out (`slowStartMs` → `slow-start`). */
export function flagName(name: string): string {
  return name.replace(/Ms$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
