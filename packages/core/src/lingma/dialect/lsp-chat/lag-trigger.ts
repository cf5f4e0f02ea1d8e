/**
 * The cure for a process that lags one behind (protocol section 11): once the steps of a question are over and all is
 * quiet, one small further question on the same connection sets the answer free. Nothing that comes for the further
 * question is ever taken for the answer: a process that is merely slow would be misquoted.
 */
import { type Clock, isJsonObject, type JsonObject, type JsonValue, monotonicNow } from '../../../util/index.js';
import type { IncomingMessage, JsonRpcPeer } from '../../jsonrpc/peer.js';
import { decodeFinish, stringOf } from '../../protocol/turn-end.js';
import { isOurs, type TurnIds } from '../../turn/match-turn.js';
import { nativeToolGuard } from '../../turn/native-tools/native-tool-guard.js';
import type { LagKnowledge, Verdict } from './lag-knowledge.js';

/** How long the further question, once stopped, is waited for before it is given up. */
const STOP_WAIT_MS = 2000;

export interface LagTriggerOptions {
  readonly peer: JsonRpcPeer;
  /** The turn to be answered. */
  readonly turn: TurnIds & { readonly running: boolean };
  readonly knowledge: LagKnowledge;
  readonly clock: Clock;
  /** `chat/ask` params of the further question. */
  readonly buildAsk: (requestId: string) => JsonObject;
}

export class LagTrigger {
  readonly #options: LagTriggerOptions;
  /** `undefined`: not asked. */
  #requestId: string | undefined;
  #sessionId = '';
  /** `knowledge.asks` when the last question of this turn was sent. */
  #asksThen = 0;
  /** The answer has begun, or the turn has ended. */
  #answered = false;
  /** The further question was answered itself, and with none after it. */
  #ownAnswered = false;
  #judged = false;
  #quietSince: number | undefined;
  #stopped = false;
  #cancelTimer: (() => void) | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #call = new AbortController();
  /** The process is done with the further question, or was given up on. */
  readonly #over: Promise<void>;
  #setOver: () => void = () => undefined;

  constructor(options: LagTriggerOptions) {
    this.#options = options;
    this.#over = new Promise((resolve) => {
      this.#setOver = resolve;
    });
  }

  /** Whether a further question was sent: nothing of the answer had come by then. */
  get asked(): boolean {
    return this.#requestId !== undefined;
  }

  /** The turn's question is sent. */
  start(): void {
    const { peer, knowledge } = this.#options;
    this.#asksThen = knowledge.asked(peer);
    this.#cleanups.push(
      knowledge.watch(() => this.#arm()),
      peer.onMessage((message) => {
        this.#see(message);
        return undefined;
      }),
    );
  }

  /** Something came for the turn, if not of its answer: the steps, the reply. */
  sign(): void {
    if (this.#answered || this.#requestId !== undefined) return;
    this.#quietSince = monotonicNow(this.#options.clock);
    this.#arm();
  }

  /** The turn is to end: so is the further question. */
  stop(): void {
    this.#answer('unclear');
    const { peer, clock } = this.#options;
    if (this.#requestId === undefined || this.#stopped) return;
    this.#stopped = true;
    this.#cancelTimer = clock.schedule(STOP_WAIT_MS, () => this.#setOver());
    const params = { requestId: this.#requestId, sessionId: this.#sessionId };
    peer.call('chat/stop', params, { timeoutMs: STOP_WAIT_MS, signal: this.#call.signal }).catch(() => undefined);
  }

  /**
   * The turn is over. Resolves when the process is done with the further question, or does not end it in time, with the
   * session made for it; `''`: none. Never rejects.
   */
  async end(): Promise<string> {
    this.stop();
    if (this.#requestId !== undefined) await this.#over;
    this.#cancelTimer?.();
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#call.abort();
    return this.#sessionId === this.#options.turn.sessionId ? '' : this.#sessionId;
  }

  #see({ method, params }: IncomingMessage): void {
    if (this.#requestId !== undefined && params.requestId === this.#requestId) {
      this.#onOwn(method, params);
      return;
    }
    if (this.#answered || !isOurs(params, this.#options.turn)) return;
    if (isContent(method, params)) this.#answer('lags');
    else if (isEnd(method)) this.#answer(isCancelled(method, params) ? 'prompt' : 'unclear');
    else this.sign();
  }

  /** An event of the further question. */
  #onOwn(method: string, params: JsonObject): void {
    this.#nameSession(params.sessionId);
    const { knowledge } = this.#options;
    if (!this.#stopped && isContent(method, params) && knowledge.asks === this.#asksThen) {
      this.#ownAnswered = true;
      knowledge.doubt();
    }
    if (isEnd(method)) this.#ownEnd();
  }

  #ownEnd(): void {
    // Nothing is left to stop.
    this.#stopped = true;
    this.#setOver();
  }

  #nameSession(sessionId: JsonValue | undefined): void {
    if (typeof sessionId !== 'string' || sessionId === '') return;
    this.#sessionId = sessionId;
    nativeToolGuard(this.#options.peer).own(sessionId);
  }

  /** The turn needs no further question (any more); `verdict` is about one that was sent. */
  #answer(verdict: Verdict): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#cancelTimer?.();
    const { knowledge } = this.#options;
    if (this.#requestId !== undefined) {
      this.#judge(this.#ownAnswered && verdict === 'lags' ? 'unclear' : verdict);
      return;
    }
    // The handlers are not needed for the rest of the answer.
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    if (verdict === 'lags' && knowledge.asks === this.#asksThen) knowledge.answeredAtOnce();
  }

  #judge(verdict: Verdict): void {
    if (this.#judged) return;
    this.#judged = true;
    this.#options.knowledge.judge(this, verdict);
  }

  #arm(): void {
    if (this.#answered || this.#requestId !== undefined || this.#quietSince === undefined) return;
    this.#cancelTimer?.();
    const { clock, knowledge } = this.#options;
    const { quietMs } = knowledge;
    if (quietMs === undefined) return;
    const left = this.#quietSince + quietMs - monotonicNow(clock);
    this.#cancelTimer = clock.schedule(Math.max(0, left), () => this.#ask());
  }

  #ask(): void {
    const { peer, turn, knowledge, clock, buildAsk } = this.#options;
    if (!turn.running || peer.closed) return;
    const requestId = crypto.randomUUID().replaceAll('-', '');
    this.#requestId = requestId;
    const guard = nativeToolGuard(peer);
    guard.own(requestId);
    knowledge.begin(this);
    this.#asksThen = knowledge.asked(peer);
    this.#cancelTimer = clock.schedule(knowledge.reactionMs, () => this.#judge('prompt'));
    this.#cleanups.push(peer.onClose(() => this.#setOver()));
    peer.call('chat/ask', buildAsk(requestId), { timeoutMs: Number.POSITIVE_INFINITY, signal: this.#call.signal }).then(
      (result) => this.#nameSession(isJsonObject(result) ? result.sessionId : undefined),
      () => this.#ownEnd(),
    );
  }
}

/** Text, a thought or a call: what an answer is made of. */
function isContent(method: string, params: JsonObject): boolean {
  switch (method) {
    case 'chat/answer':
      return (stringOf(params.text) ?? '') !== '' || params.overwrite === true || params.isFiltered === true;
    case 'chat/think':
      return (stringOf(params.text) ?? '') !== '';
    case 'chat/finish':
      return (stringOf(params.fullAnswer) ?? '') !== '' && !isCancelled(method, params);
    default:
      return method === 'tool/call/sync' || method === 'tool/invoke';
  }
}

function isEnd(method: string): boolean {
  return method === 'chat/finish' || method === 'chat/error' || method === 'error' || method === 'fatal_error';
}

function isCancelled(method: string, params: JsonObject): boolean {
  return method === 'chat/finish' && decodeFinish(params).type === 'cancelled';
}
