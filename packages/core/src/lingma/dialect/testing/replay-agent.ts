/**
 * A recorded exchange with an ACP agent, played again: the agent's messages go through the real JSON-RPC connection and
 * the real dialect, in their order and at their times on a clock that is moved by hand. What the recorded client sent is
 * sent by ours; what ours answers to the agent is collected. For tests alone.
 */
import { type ChatResult, checkGrammar, collectResult, GatewayError, withStages } from '../../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue, silentLogger } from '../../../util/index.js';
import { attachAgent } from '../../agent/agent-of.js';
import { createJsonRpcConnection, type JsonRpcConnection } from '../../jsonrpc/connection.js';
import { FrameDecoder } from '../../jsonrpc/frame-decoder.js';
import { defaultAnswer } from '../../protocol/default-responses.js';
import type { Transport, TransportHandlers } from '../../transport/transport.js';
import type { RunningTurn } from '../../turn/turn-contract.js';
import { createAcpDialect } from '../acp/acp-dialect.js';
import { aContext, aTurn, FakeClock } from './fake-peer.js';

/** One line of a recording. */
export interface RecordedLine {
  /** Milliseconds since the agent was started. */
  readonly t?: number;
  readonly dir: string;
  readonly msg?: JsonValue;
}

export interface Replay {
  /**
   * What the caller of each `session/prompt` gets: `stop: text`, `stop (reasoning): text` or with another finish reason;
   * `failed: code`; `cancelled` by the recorded client; `waiting`, where the recording has no end.
   */
  readonly turns: readonly string[];
  /** Whether the session of each may be used again; undefined while the process is not done with the turn. */
  readonly reusable: readonly (boolean | undefined)[];
  /** The agent's requests, and our answers to each. */
  readonly requests: readonly AnsweredRequest[];
}

export interface AnsweredRequest {
  readonly request: JsonObject;
  readonly answers: readonly JsonObject[];
}

interface Running {
  readonly sessionId: string;
  readonly recordedId: JsonValue | undefined;
  readonly run: RunningTurn;
  /** The agent has answered the prompt. */
  replied: boolean;
  outcome: string | undefined;
  reusable: boolean | undefined;
}

/** Longer than every wait of the dialect that is no deadline. */
const AFTERWARDS_MS = 12_000;
/** No recording is as long: what an agent says in the end is judged, not how long it took. */
const DEADLINES = { firstEventMs: 3_600_000, idleMs: 3_600_000, totalMs: 3_600_000 };

export async function replayAgent(lines: readonly RecordedLine[]): Promise<Replay> {
  const clock = new FakeClock();
  const wire = new Wire(clock);
  const dialect = createAcpDialect({ clock });
  const turns: Running[] = [];
  const start = async (id: JsonValue | undefined, sessionId: string): Promise<void> => {
    // Our client ends a turn before it begins the next one in the same session; the recorded one looks at the reply alone.
    const open = turns.some((turn) => turn.sessionId === sessionId && turn.replied && turn.outcome === undefined);
    if (open) await clock.advance(AFTERWARDS_MS);
    const run = dialect.runTurn(wire.connection, aTurn({ sessionId, deadlines: DEADLINES }), aContext());
    turns.push(follow(sessionId, id, run));
    wire.named(id, 'session/prompt');
  };
  const send = async (id: JsonValue | undefined, method: string, params: JsonObject): Promise<void> => {
    if (method === 'session/prompt') return start(id, String(params.sessionId));
    if (method === 'session/cancel') return cancel(turns, String(params.sessionId));
    if (id === undefined) return wire.connection.notify(method, params);
    const made = method === 'initialize' ? wire.connection.initialize(params) : wire.connection.call(method, params);
    const settings = { cwd: '/workspace', mayAct: false, logger: silentLogger };
    made.then(() => method === 'initialize' && attachAgent(wire.connection, settings)).catch(() => undefined);
    wire.named(id, method);
  };
  let now = 0;
  for (const { t = now, dir, msg } of lines) {
    await clock.advance(Math.max(0, t - now));
    now = Math.max(now, t);
    if (dir === 'a2c-nonjson') wire.receiveText(typeof msg === 'string' ? msg : JSON.stringify(msg));
    if (!isJsonObject(msg)) continue;
    const { id, method } = msg;
    if (dir === 'a2c') {
      for (const turn of turns) turn.replied ||= method === undefined && id !== undefined && turn.recordedId === id;
      wire.receive(msg);
    } else if (dir === 'c2a' && typeof method === 'string') {
      await send(id, method, isJsonObject(msg.params) ? msg.params : {});
    }
  }
  await clock.advance(AFTERWARDS_MS);
  return {
    turns: turns.map(({ outcome }) => outcome ?? 'waiting'),
    reusable: turns.map(({ reusable }) => reusable),
    requests: wire.requests,
  };
}

function follow(sessionId: string, recordedId: JsonValue | undefined, run: RunningTurn): Running {
  const turn: Running = { sessionId, recordedId, run, replied: false, outcome: undefined, reusable: undefined };
  void run.outcome.then(({ reusable }) => {
    turn.reusable = reusable;
  });
  collectResult(withStages(run.events, [checkGrammar()])).then(
    (result) => {
      turn.outcome ??= describe(result);
    },
    (error: unknown) => {
      turn.outcome ??= `failed: ${GatewayError.isInstance(error) ? error.code : String(error)}`;
    },
  );
  return turn;
}

function describe({ content, finishReason }: ChatResult): string {
  const textOf = (type: string): string =>
    content.map((block) => (block.type === type && 'text' in block ? block.text : '')).join('');
  const reasoning = textOf('reasoning');
  return `${finishReason}${reasoning === '' ? '' : ` (${reasoning})`}: ${textOf('text')}`;
}

/** What the recorded client cancelled is cancelled by our caller leaving. */
async function cancel(turns: readonly Running[], sessionId: string): Promise<void> {
  for (const turn of turns) {
    if (turn.sessionId !== sessionId || turn.outcome !== undefined) continue;
    turn.outcome = 'cancelled';
    await turn.run.events.close();
  }
}

/** The agent's end of a connection of ours. */
class Wire {
  readonly connection: JsonRpcConnection;
  readonly requests: { readonly request: JsonObject; readonly answers: JsonObject[] }[] = [];
  /** Ids of the recorded client → ours. */
  readonly #ids = new Map<JsonValue | undefined, JsonValue | undefined>();
  #lastCall: JsonObject = {};
  #handlers: TransportHandlers | undefined;

  constructor(clock: FakeClock) {
    const decoder = new FrameDecoder({ maxFrameBytes: 1e6 });
    const transport: Transport = {
      address: 'recording',
      send: (frame) => decoder.push(frame, (body) => this.#sent(JSON.parse(body) as JsonObject)),
      pause: () => undefined,
      resume: () => undefined,
      close: () => undefined,
      listen: (handlers) => {
        this.#handlers = handlers;
      },
    };
    this.connection = createJsonRpcConnection(transport, { clock, defaultAnswer });
  }

  /** The call just made goes by this id in the recording. */
  named(recordedId: JsonValue | undefined, method: string): void {
    if (this.#lastCall.method !== method) throw new Error(`${method} was not sent`);
    this.#ids.set(recordedId, this.#lastCall.id);
  }

  receive(message: JsonObject): void {
    const { id, method } = message;
    if (typeof method === 'string') {
      if (id !== undefined) this.requests.push({ request: message, answers: [] });
      this.receiveText(JSON.stringify(message));
    } else {
      const own = this.#ids.get(id);
      this.receiveText(JSON.stringify(own === undefined ? message : { ...message, id: own }));
    }
  }

  receiveText(body: string): void {
    const bytes = new TextEncoder().encode(body);
    const header = new TextEncoder().encode(`Content-Length: ${bytes.length}\r\n\r\n`);
    this.#handlers?.onBytes(new Uint8Array([...header, ...bytes]));
  }

  #sent(message: JsonObject): void {
    if (typeof message.method === 'string') {
      if (message.id !== undefined) this.#lastCall = message;
      return;
    }
    const asked = this.requests.findLast(({ request }) => request.id === message.id);
    if (asked === undefined) throw new Error(`answer to nothing: ${JSON.stringify(message)}`);
    asked.answers.push(message);
  }
}
