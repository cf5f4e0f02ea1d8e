/**
 * Sessions nobody needs any more are deleted in the background. They are gathered first: those of one moment leave
 * together, with the next message that goes to the process anyway or a little later, so that a short turn does not pay
 * for a write and a wake-up of its own. Sessions belong to the process, not to the connection that made them: what finds
 * no connection waits for the next one. Whoever closes the client waits for this and for turns that are ending.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, type Logger, sleep, systemClock } from '../../util/index.js';
import { agentOf } from '../agent/agent-of.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { deleteSession } from '../protocol/delete-session.js';

/** More than this many that wait are forgotten, oldest first. */
const MAX_WAITING = 1024;
/** Deletions that are not answered yet: many may come at once, and turns go first. */
const MAX_UNANSWERED = 4;
/** How long they are gathered, in milliseconds. */
const GATHER_MS = 25;

export interface SessionCleanupOptions {
  readonly logger: Logger;
  /** A living connection to the process, if there is one. */
  readonly anyPeer: () => JsonRpcPeer | undefined;
  /** The connection to the process that has this session, where not all lead to the same. */
  readonly ownerOf?: (sessionId: string) => JsonRpcPeer | undefined;
  readonly clock?: Clock;
}

export class SessionCleanup {
  readonly #options: SessionCleanupOptions;
  readonly #clock: Clock;
  readonly #waiting = new Set<string>();
  #unanswered = 0;
  #cancelTimer: (() => void) | undefined;
  /** What waits has been gathered long enough: it goes as fast as the process answers. */
  #isDue = false;
  /** Those that wait for {@link SessionCleanup.settle}: meanwhile nothing is gathered. */
  #settling = 0;
  #isClosed = false;
  /** What was begun and has not ended; each ends by itself within the time limits of its calls. */
  #underWay = 0;
  readonly #whenIdle: (() => void)[] = [];
  /** Given up, and not known to be gone: on their way to us, or deleted and not answered. */
  #leaving = 0;
  readonly #whenGone: (() => void)[] = [];

  constructor(options: SessionCleanupOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Deletes a session soon. `''` is no session. */
  discard(sessionId: string): void {
    if (sessionId === '') return;
    this.#waiting.add(sessionId);
    if (this.#waiting.size > MAX_WAITING) {
      const [oldest] = this.#waiting;
      this.#waiting.delete(oldest as string);
    }
    if (this.#isUrgent) this.#sendAll();
    else this.#sendLater();
  }

  /** A session that may still be on its way; a rejection means that there will be none. */
  abandon(session: Promise<string>): void {
    const end = this.begin();
    this.#leaving++;
    session
      .then(
        (sessionId) => this.discard(sessionId),
        () => undefined,
      )
      .then(() => {
        this.#left();
        end();
      });
  }

  /** Something leaves on a connection that works: what waits goes with it. */
  sendWith(peer: JsonRpcPeer): void {
    if (this.#waiting.size > 0) this.#send(peer);
  }

  /** Work that goes on after the answer it belongs to. The returned function tells its end; once. */
  begin(): () => void {
    this.#underWay++;
    return () => {
      this.#underWay--;
      if (this.#underWay === 0) for (const tell of this.#whenIdle.splice(0)) tell();
    };
  }

  /** Resolves when what has been given up is gone, turns that run apart, and after `ms` in any case: for whoever needs the room. */
  async flush(ms: number): Promise<void> {
    this.#settling++;
    this.#sendAll();
    if (this.#leaving > 0) {
      const done = new AbortController();
      const limit = sleep(ms, done.signal, this.#clock).catch(() => undefined);
      await Promise.race([limit, new Promise<void>((resolve) => this.#whenGone.push(resolve))]);
      done.abort();
    }
    this.#settling--;
  }

  /** Resolves when nothing is left, what was added meanwhile included, and after `ms` in any case. */
  async settle(ms: number): Promise<void> {
    this.#settling++;
    this.#sendAll();
    const done = new AbortController();
    let timeUp = false;
    const limit = sleep(ms, done.signal, this.#clock).then(
      () => {
        timeUp = true;
      },
      () => undefined,
    );
    while (!timeUp && this.#underWay > 0) {
      await Promise.race([limit, new Promise<void>((resolve) => this.#whenIdle.push(resolve))]);
    }
    done.abort(new GatewayError('shutting_down', 'closed'));
    this.#settling--;
  }

  /** The same, and for good: what comes later is sent at once, if it can be. */
  close(ms: number): Promise<void> {
    this.#isClosed = true;
    return this.settle(ms);
  }

  get #isUrgent(): boolean {
    return this.#isClosed || this.#settling > 0;
  }

  #sendLater(): void {
    if (!this.#isDue) this.#cancelTimer ??= this.#clock.schedule(GATHER_MS, () => this.#sendAll());
  }

  #sendAll(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const peer = this.#options.anyPeer();
    this.#isDue = peer !== undefined && this.#waiting.size > 0;
    if (peer !== undefined) this.#send(peer);
  }

  #send(peer: JsonRpcPeer): void {
    for (const sessionId of this.#waiting) {
      if (this.#unanswered >= MAX_UNANSWERED && !this.#isUrgent) {
        this.#sendLater();
        return;
      }
      this.#waiting.delete(sessionId);
      void this.#delete(this.#options.ownerOf?.(sessionId) ?? peer, sessionId);
    }
    this.#isDue = false;
  }

  async #delete(peer: JsonRpcPeer, sessionId: string): Promise<void> {
    const end = this.begin();
    this.#unanswered++;
    this.#leaving++;
    const isDone = await this.#end(peer, sessionId);
    this.#unanswered--;
    if (isDone) {
      if (this.#isDue) this.#sendAll();
    } else this.discard(sessionId);
    this.#left();
    end();
  }

  #left(): void {
    this.#leaving--;
    if (this.#leaving === 0) for (const tell of this.#whenGone.splice(0)) tell();
  }

  /** Whether it is over. Never rejects. */
  async #end(peer: JsonRpcPeer, sessionId: string): Promise<boolean> {
    const agent = agentOf(peer);
    if (agent === undefined) return deleteSession(peer, sessionId, this.#options.logger);
    await agent.end(sessionId);
    return true;
  }
}
