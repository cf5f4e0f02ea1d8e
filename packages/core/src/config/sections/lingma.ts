/** Where Lingma is, how to talk to it, and how long to wait for it. */
import * as z from 'zod';
import { DEFAULT_LIMITS } from '../../util/index.js';
import { dedicatedDomain } from '../instances/account.js';
import { choice, milliseconds, setting } from '../setting.js';
import { agentSettings } from './lingma-agent.js';
import { processSettings } from './lingma-processes.js';

const path = () => z.string().min(1).optional();

export const lingmaSection = {
  transport: setting(choice(['auto', 'pipe', 'websocket', 'stdio'], { ws: 'websocket' }).default('auto'), {
    env: ['LINGMA_GATEWAY_TRANSPORT', 'LINGMA_PROXY_TRANSPORT'],
    flag: 'transport',
    doc: 'How to reach Lingma. `pipe` is the named pipe on Windows and the unix socket elsewhere; `stdio` are the standard streams of a program that the gateway starts (`lingma.agent`, `lingma.command`).',
  }),
  wsUrl: setting(z.url({ protocol: /^wss?$/ }).optional(), {
    env: ['LINGMA_GATEWAY_WS_URL', 'LINGMA_PROXY_WS_URL'],
    flag: { name: 'ws-url', valueHint: 'url' },
    doc: 'WebSocket address of a running Lingma, such as `ws://127.0.0.1:36510/`. Turns the search for one off.',
    hint: 'an address such as ws://127.0.0.1:36510/',
  }),
  socketPort: setting(z.int().min(0).max(65535).optional(), {
    env: ['LINGMA_GATEWAY_SOCKET_PORT', 'LINGMA_SOCKET_PORT'],
    flag: 'socket-port',
    doc: 'WebSocket port of a running Lingma on this machine: short for `ws://127.0.0.1:<port>/`. Where the gateway starts the only process itself: the port it should have, if that is free. 0 means none.',
    defaultDoc: 'none; 36510 for a process that the gateway starts',
  }),
  pipe: setting(path(), {
    env: ['LINGMA_GATEWAY_PIPE', 'LINGMA_IPC_PIPE'],
    flag: { name: 'pipe', valueHint: 'path' },
    doc: 'Named pipe (Windows) or unix socket of a running Lingma. Turns the search for one off.',
  }),
  socket: setting(path(), {
    env: ['LINGMA_GATEWAY_SOCKET', 'LINGMA_IPC_SOCKET'],
    flag: { name: 'socket', valueHint: 'path' },
    doc: 'Unix socket of a running Lingma. Turns the search for one off.',
  }),
  infoFile: setting(path(), {
    env: ['LINGMA_GATEWAY_INFO_FILE', 'LINGMA_SHARED_CLIENT_INFO'],
    flag: { name: 'info-file', valueHint: 'path' },
    doc: "Lingma's `.info.json` (or `.info`), which tells its addresses, or the folder that holds it. Searched first.",
  }),
  workDir: setting(path(), {
    env: ['LINGMA_GATEWAY_WORK_DIR', 'LINGMA_WORK_DIR'],
    flag: { name: 'work-dir', valueHint: 'path' },
    doc: "Lingma's work folder: where its `.info.json` and `cache` lie. Searched first. Where the gateway starts the only process itself: the folder it runs in.",
    defaultDoc: 'the known places are searched; a process that the gateway starts has one in `lingma.dataDir`',
  }),
  ...processSettings,
  ...agentSettings,
  dedicatedDomainUrl: setting(dedicatedDomain(), {
    env: ['LINGMA_GATEWAY_DEDICATED_DOMAIN_URL', 'DEDICATED_DOMAIN_URL', 'LINGMA_DEDICATED_DOMAIN_URL'],
    doc: 'Service of an enterprise to sign in to. An account may name one of its own.',
    hint: 'an https address such as https://lingma.example.com',
  }),
  dialect: setting(choice(['auto', 'acp', 'lsp-chat']).default('auto'), {
    env: ['LINGMA_GATEWAY_DIALECT'],
    flag: 'dialect',
    doc: 'Which of its two chat dialects to speak with Lingma. `auto` tries ACP and falls back to LSP chat.',
  }),
  mode: setting(choice(['chat', 'agent']).default('chat'), {
    env: ['LINGMA_GATEWAY_MODE', 'LINGMA_PROXY_MODE', 'DEFAULT_ASK_MODE'],
    lenientEnv: ['LINGMA_PROXY_MODE', 'DEFAULT_ASK_MODE'],
    flag: 'mode',
    doc: 'How Lingma treats a request that asks for neither mode. The model names `agent` and `lingma-agent` ask for `agent`.',
  }),
  sessionMode: setting(choice(['auto', 'reuse', 'fresh']).default('auto'), {
    env: ['LINGMA_GATEWAY_SESSION_MODE', 'LINGMA_PROXY_SESSION_MODE'],
    flag: 'session-mode',
    doc: '`auto` goes on in the session of a conversation that it knows and opens one for any other; `reuse` keeps one session a model and mode; `fresh` opens one for every request and deletes it afterwards.',
  }),
  spareSessions: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_SPARE_SESSIONS'],
    doc: 'While short requests come fast one after the other (some two a second on each connection), sessions for the next ones are made beside those that run: two a connection at most, deleted after half a second in which nobody came for them. In ACP alone, and never of a standard agent.',
  }),
  cwd: setting(path(), {
    env: ['LINGMA_GATEWAY_CWD', 'LINGMA_PROXY_CWD'],
    flag: { name: 'cwd', valueHint: 'path' },
    doc: 'Folder that Lingma is told to work in. It must exist.',
    defaultDoc: 'the folder the gateway was started in; an empty one for an agent that the gateway starts',
  }),
  nativeTools: setting(choice(['refuse', 'report', 'run']).default('refuse'), {
    env: ['LINGMA_GATEWAY_NATIVE_TOOLS'],
    flag: 'native-tools',
    doc: 'What becomes of the tools that Lingma brings along itself. `report`: they are refused, and what Lingma wanted of them is shown among its thoughts. `run`: it may read, write and delete files under the working folder and run commands with your rights. Only on loopback; each call leaves a line in the log.',
  }),
  currentFilePath: setting(z.string().default(''), {
    env: ['LINGMA_GATEWAY_CURRENT_FILE_PATH', 'LINGMA_PROXY_CURRENT_FILE_PATH'],
    flag: { name: 'current-file-path', valueHint: 'path' },
    doc: 'File that Lingma is told is open in the editor.',
  }),
  shellType: setting(path(), {
    env: ['LINGMA_GATEWAY_SHELL_TYPE', 'LINGMA_PROXY_SHELL_TYPE'],
    flag: { name: 'shell-type', valueHint: 'name' },
    doc: 'Shell that Lingma is told commands run in, such as `bash` or `powershell`.',
    defaultDoc: "the base name of `$SHELL`, else the operating system's usual one",
  }),
  maxConnections: setting(z.int().min(0).default(DEFAULT_LIMITS.maxConnections), {
    env: ['LINGMA_GATEWAY_MAX_CONNECTIONS'],
    flag: 'max-connections',
    doc: 'Connections to Lingma at once; they are opened on demand and closed when idle. `0`: as many as are needed.',
  }),
  turnsPerConnection: setting(z.int().min(1).max(1024).default(1), {
    env: ['LINGMA_GATEWAY_TURNS_PER_CONNECTION'],
    flag: 'turns-per-connection',
    doc: 'Answers that a connection to Lingma carries at a time. More save connections and time where there are many; only for a Lingma that is known to keep parallel conversations apart. What a slow client leaves unread is then kept in memory, up to 32 MiB an answer.',
  }),
  startupTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.connectMs), {
    env: ['LINGMA_GATEWAY_STARTUP_TIMEOUT_MS', { name: 'LINGMA_STARTUP_TIMEOUT', unit: 's' }],
    flag: 'startup-timeout-ms',
    unit: 'ms',
    doc: 'How long finding Lingma, connecting to it and its handshake may take; where the gateway starts it, how long until it is ready.',
    defaultDoc: '40000 where the gateway starts Lingma',
  }),
  rpcTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.setupMs, 0), {
    env: ['LINGMA_GATEWAY_RPC_TIMEOUT_MS', { name: 'LINGMA_RPC_TIMEOUT', unit: 's' }],
    flag: 'rpc-timeout-ms',
    unit: 'ms',
    doc: 'How long Lingma may take to prepare an answer: dialect, models, session. 0 is no limit.',
  }),
  firstEventTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.firstEventMs, 0), {
    env: ['LINGMA_GATEWAY_FIRST_EVENT_TIMEOUT_MS'],
    flag: 'first-event-timeout-ms',
    unit: 'ms',
    doc: 'How long Lingma may take to begin an answer. 0 is no limit.',
  }),
  idleTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.idleMs, 0), {
    env: ['LINGMA_GATEWAY_IDLE_TIMEOUT_MS'],
    flag: 'idle-timeout-ms',
    unit: 'ms',
    doc: 'How long Lingma may be silent inside an answer. Does not run while a slow client holds the answer up. 0 is no limit.',
  }),
  totalTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.totalMs, 0), {
    env: ['LINGMA_GATEWAY_TOTAL_TIMEOUT_MS', { name: 'LINGMA_PROXY_TIMEOUT_SECONDS', unit: 's' }],
    flag: { name: 'timeout', unit: 's', valueHint: 'seconds' },
    unit: 'ms',
    doc: 'How long one answer may take in all. 0 is no limit.',
    hint: 'seconds, or a duration such as 90s or 5m; 0 is no limit',
  }),
};
