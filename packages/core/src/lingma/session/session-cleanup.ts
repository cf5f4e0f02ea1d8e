/**
 * Sessions nobody needs any more are deleted in the background: at once, when they are made after all, or, where the
 * connection has ended and there is no other, with the next one. Sessions belong to the process, not to the connection
 * that made them. Whoever closes the client waits for this and for turns that are ending.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, type Logger, sleep } from '../../util/index.js';
import { agentOf } from '../agent/agent-of.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { deleteSession } from '../protocol/delete-session.js';

/** More than this many left over are forgotten, oldest first. */
const MAX_LEFT = 256;
/** Deletions at a time of sessions that callers kept and give up: many may come at once, and turns go first. */
const MAX_KEPT_DELETIONS = 4;
/** Of those that wait for that; more are forgotten, oldest first. */
const MAX_KEPT_WAITING = 1024;

export interface SessionCleanupOptions {
  readonly logger: Logger;
  /** A living connection to the process, if there is one. */
  readonly anyPeer: () => JsonRpcPeer | undefined;
}

export class SessionCleanup {
  readonly #options: SessionCleanupOptions;
  /** Each item ends by itself within the time limits of its calls. */
  readonly #work = new Set<Promise<unknown>>();
  readonly #left = new Set<string>();
  readonly #kept = new Set<string>();
  #keptDeletions = 0;

  constructor(options: SessionCleanupOptions) {
    this.#options = options;
  }

  /** Deletes the session of a turn that is over, on its connection where that lives. `''` is no session. */
  discard(peer: JsonRpcPeer | undefined, sessionId: string): void {
    if (sessionId === '') return;
    const alive = peer === undefined || peer.closed ? this.#options.anyPeer() : peer;
    if (alive === undefined) this.#leave(sessionId);
    else this.track(this.#delete(alive, sessionId));
  }

  /** Deletes a session that a caller has kept, a few at a time. */
  discardKept(sessionId: string): void {
    if (sessionId === '') return;
    this.#kept.add(sessionId);
    dropOldest(this.#kept, MAX_KEPT_WAITING);
    if (this.#keptDeletions < MAX_KEPT_DELETIONS) this.track(this.#deleteKept());
  }

  /** A session that may still be on its way; a rejection means that there will be none. */
  abandon(peer: JsonRpcPeer, session: Promise<string>): void {
    this.track(
      session.then(
        (sessionId) => this.discard(peer, sessionId),
        () => undefined,
      ),
    );
  }

  /** A connection that works: deletes what was left over. */
  retry(peer: JsonRpcPeer): void {
    if (this.#left.size === 0) return;
    const left = [...this.#left];
    this.#left.clear();
    for (const sessionId of left) this.discard(peer, sessionId);
  }

  /** Work that goes on after the answer it belongs to. How it ends is nobody's concern here. */
  track(work: Promise<unknown>): void {
    this.#work.add(work);
    const onEnd = (): void => {
      this.#work.delete(work);
    };
    work.then(onEnd, onEnd);
  }

  /** Resolves when nothing is left, what was added meanwhile included, and after `ms` in any case. */
  async settle(ms: number, clock: Clock): Promise<void> {
    const done = new AbortController();
    let timeUp = false;
    const limit = sleep(ms, done.signal, clock).then(
      () => {
        timeUp = true;
      },
      () => undefined,
    );
    while (!timeUp && this.#work.size > 0) await Promise.race([limit, Promise.allSettled(this.#work)]);
    done.abort(new GatewayError('shutting_down', 'closed'));
  }

  async #delete(peer: JsonRpcPeer, sessionId: string): Promise<void> {
    const agent = agentOf(peer);
    if (agent !== undefined) await agent.end(sessionId);
    else if (!(await deleteSession(peer, sessionId, this.#options.logger))) this.#leave(sessionId);
  }

  async #deleteKept(): Promise<void> {
    this.#keptDeletions++;
    for (let next = first(this.#kept); next !== undefined; next = first(this.#kept)) {
      this.#kept.delete(next);
      const peer = this.#options.anyPeer();
      if (peer === undefined) this.#leave(next);
      else await this.#delete(peer, next);
    }
    this.#keptDeletions--;
  }

  #leave(sessionId: string): void {
    this.#left.add(sessionId);
    dropOldest(this.#left, MAX_LEFT);
  }
}

function first(ids: ReadonlySet<string>): string | undefined {
  const [oldest] = ids;
  return oldest;
}

function dropOldest(ids: Set<string>, limit: number): void {
  const oldest = first(ids);
  if (ids.size > limit && oldest !== undefined) ids.delete(oldest);
}
