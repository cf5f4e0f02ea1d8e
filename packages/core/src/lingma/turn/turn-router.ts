/**
 * The turns of one connection and the way of each message to its turn: looked up once, by request id or by session id,
 * however many turns there are.
 */
import type { JsonObject, JsonValue } from '../../util/index.js';
import type { IncomingMessage, JsonRpcPeer } from '../jsonrpc/peer.js';
import { nameOr, REQUEST_ID, requestIdOf, updateRequestId, updateSessionId } from '../protocol/turn-ids.js';

export interface RoutedTurn {
  readonly requestId: string;
  /** `''` until the process has named one. */
  readonly sessionId: string;
  /** Reads a message of its own. */
  readonly read: (message: IncomingMessage) => void;
  /** Reading threw. Must not throw. */
  unreadable(error: unknown): void;
}

/** Ids of turns and sessions that are remembered at least after their end, and twice as many at most; the oldest are forgotten first. */
const MIN_OWN_IDS = 512;
const NO_TURNS: readonly never[] = [];
/** What names no turn, and means them all. */
const ABOUT_ALL = new Set(['chat/error', 'error', 'fatal_error']);

export class TurnRouter<Turn extends RoutedTurn = RoutedTurn> {
  readonly #byRequest = new Map<string, Turn>();
  /** Agents may answer several prompts of one session at a time. Lists are replaced, never changed; the newest comes last. */
  readonly #bySession = new Map<string, readonly Turn[]>();
  /** Two generations, so that to forget the oldest costs nothing. */
  #newIds = new Set<string>();
  #oldIds: ReadonlySet<string> = new Set();

  /** Takes every message that nobody else on the connection handles. */
  constructor(peer: JsonRpcPeer) {
    peer.on('session/update', (message) => this.#onUpdate(message));
    peer.onOther((message) => this.deliver(message));
  }

  /** Turns that are under way. */
  get size(): number {
    return this.#byRequest.size;
  }

  /** Returns the way out. */
  enter(turn: Turn): () => void {
    this.#byRequest.set(turn.requestId, turn);
    this.#remember(turn.requestId);
    this.named(turn);
    return () => {
      this.#byRequest.delete(turn.requestId);
      this.#forget(turn, turn.sessionId);
    };
  }

  /** The turn's session has a name, perhaps in place of another (`before`). */
  named(turn: Turn, before = ''): void {
    this.#forget(turn, before);
    if (turn.sessionId === '') return;
    this.#bySession.set(turn.sessionId, [...this.#ofSession(turn.sessionId), turn]);
    this.#remember(turn.sessionId);
  }

  /**
   * The turn of a message of the LSP world: by request id, which tells other conversations and late events apart; by
   * session where it carries none; a message that names neither concerns the one turn there is.
   */
  turnOf(params: JsonObject): Turn | undefined {
    const requestId = requestIdOf(params);
    if (requestId !== undefined) return this.#byRequest.get(requestId);
    const sessionId = nameOr(params.sessionId);
    if (sessionId !== undefined) return this.turnOfSession(sessionId);
    return this.size === 1 ? this.#byRequest.values().next().value : undefined;
  }

  /** The newest, where there are several. */
  turnOfSession(sessionId: JsonValue | undefined): Turn | undefined {
    return this.#ofSession(nameOr(sessionId)).at(-1);
  }

  /** Whether a message is about a turn or session of ours, those that are over included, or names none. */
  concernsUs(params: JsonObject): boolean {
    const requestId = requestIdOf(params);
    const sessionId = nameOr(params.sessionId);
    if (requestId === undefined && sessionId === undefined) return true;
    return [requestId, sessionId].some((id) => id !== undefined && (this.#newIds.has(id) || this.#oldIds.has(id)));
  }

  /** Hands a message to its turn. */
  deliver(message: IncomingMessage): undefined {
    const { params } = message;
    // Nearly all name their turn in the plain place.
    const plain = this.#byRequest.get(params.requestId as string);
    if (plain !== undefined) return handOver(message, plain);
    const requestId = requestIdOf(params);
    const sessionId = nameOr(params.sessionId);
    if (requestId !== undefined) return handOver(message, this.#byRequest.get(requestId));
    if (sessionId !== undefined) for (const each of this.#ofSession(sessionId)) handOver(message, each);
    else if (this.size === 1 || ABOUT_ALL.has(message.method)) {
      for (const each of [...this.#byRequest.values()]) handOver(message, each);
    }
    return undefined;
  }

  /** A `session/update`: by session and by request id where one is given; one of the two must be. */
  #onUpdate(message: IncomingMessage): undefined {
    const { params } = message;
    // Nearly all name both in the plain places. What is no object has no such member.
    const meta = params._meta as JsonObject | null | undefined;
    const plain = this.#byRequest.get(meta?.[REQUEST_ID] as string);
    if (plain !== undefined && params.sessionId === plain.sessionId) return handOver(message, plain);
    const requestId = updateRequestId(params);
    const sessionId = updateSessionId(params);
    if (requestId === undefined) {
      for (const each of this.#ofSession(sessionId)) handOver(message, each);
      return undefined;
    }
    const turn = this.#byRequest.get(requestId);
    return sessionId === undefined || sessionId === turn?.sessionId ? handOver(message, turn) : undefined;
  }

  #ofSession(sessionId: string | undefined): readonly Turn[] {
    return (sessionId === undefined ? undefined : this.#bySession.get(sessionId)) ?? NO_TURNS;
  }

  #forget(turn: Turn, sessionId: string): void {
    const left = this.#ofSession(sessionId).filter((each) => each !== turn);
    if (left.length > 0) this.#bySession.set(sessionId, left);
    else this.#bySession.delete(sessionId);
  }

  #remember(id: string): void {
    this.#newIds.add(id);
    if (this.#newIds.size < MIN_OWN_IDS) return;
    this.#oldIds = this.#newIds;
    this.#newIds = new Set();
  }
}

function handOver(message: IncomingMessage, turn: RoutedTurn | undefined): undefined {
  if (turn === undefined) return;
  try {
    turn.read(message);
  } catch (error) {
    turn.unreadable(error);
  }
}
