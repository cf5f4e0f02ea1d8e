import type { ClientConnection } from '../connection/client-connection.js';
import type { Wait } from '../dialect/dialect-emitter.js';
import type { PendingLogins } from '../login/pending-logins.js';
import type { PendingToolCalls } from '../turn/pending-tool-calls.js';
import type { Turn } from '../turn/turn.js';
import type { FaultCounter } from './fault-counter.js';
import type { LoginState } from './login-state.js';
import type { SimulatedModel } from './model-catalog.js';
import type { SessionStore } from './session-store.js';
import type { StatsRecorder } from './stats.js';
import type { Switches } from './switch-table.js';
import type { WorkDir } from './work-dir.js';

/** The inside of one running process: what all method handlers and turns share. */
export interface Lingma {
  readonly switches: Switches;
  readonly recorder: StatsRecorder;
  readonly workDir: WorkDir;
  readonly login: LoginState;
  readonly logins: PendingLogins;
  /** The service that is signed in to: `--endpoint`, and what `config/updateEndpoint` has said. */
  readonly service: { endpoint: string };
  readonly sessions: SessionStore;
  readonly faults: FaultCounter;
  readonly tools: PendingToolCalls;
  readonly clients: Set<ClientConnection>;
  /** Running turns by request id. */
  readonly turns: Map<string, Turn>;
  /** Filled in once the process listens. */
  readonly ports: { http: number };
  readonly models: () => readonly SimulatedModel[];
  readonly log: (line: string) => void;
  /** Ends the whole process the hard way. */
  readonly die: () => void;
}

/** Events that the plug-in's interface declares as requests (protocol section 3.1): they can carry an id. */
const REQUEST_EVENTS: ReadonlySet<string> = new Set([
  'chat/answer',
  'chat/think',
  'chat/finish',
  'chat/process_step_callback',
  'session/title/update',
  'tool/call/sync',
]);

/** Sends one event of a turn, in the form and to the clients the switches say. */
export function emit(lingma: Lingma, client: ClientConnection, method: string, params: unknown): Wait {
  const { eventsAsRequests, awaitEventReplies, broadcast, eventReplyTimeoutMs } = lingma.switches;
  const asRequest = eventsAsRequests && REQUEST_EVENTS.has(method);
  if (broadcast) {
    for (const other of lingma.clients) {
      if (other === client || !other.initialized) continue;
      if (asRequest) other.event(method, params);
      else other.notify(method, params);
    }
  }
  if (asRequest && awaitEventReplies) return client.request(method, params, eventReplyTimeoutMs);
  if (asRequest) client.event(method, params);
  else client.notify(method, params);
  return client.writable();
}

/** A notification to every initialized client, such as `model/refresh`. */
export function notifyAll(lingma: Lingma, method: string, params: unknown): void {
  for (const client of lingma.clients) if (client.initialized) client.notify(method, params);
}
