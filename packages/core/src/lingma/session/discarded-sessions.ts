/**
 * Sessions nobody needs any more are deleted in the background: at once, when they are made after all, or, where the
 * connection has ended and there is no other, with the next one. Sessions belong to the process, not to the connection
 * that made them.
 */
import type { Logger } from '../../util/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { deleteSession } from '../protocol/delete-session.js';
import type { BackgroundWork } from './background-work.js';

/** More than this many left over are forgotten, oldest first. */
const MAX_LEFT = 256;

export interface DiscardedSessionsOptions {
  readonly work: BackgroundWork;
  readonly logger: Logger;
  /** A living connection to the process, if there is one. */
  readonly anyPeer: () => JsonRpcPeer | undefined;
}

export class DiscardedSessions {
  readonly #options: DiscardedSessionsOptions;
  readonly #left = new Set<string>();

  constructor(options: DiscardedSessionsOptions) {
    this.#options = options;
  }

  /** `''` is no session. */
  discard(peer: JsonRpcPeer | undefined, sessionId: string): void {
    if (sessionId === '') return;
    const alive = peer === undefined || peer.closed ? this.#options.anyPeer() : peer;
    if (alive === undefined) this.#keep(sessionId);
    else this.#options.work.track(this.#delete(alive, sessionId));
  }

  /** A session that may still be on its way; a rejection means that there will be none. */
  abandon(peer: JsonRpcPeer, session: Promise<string>): void {
    this.#options.work.track(
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

  async #delete(peer: JsonRpcPeer, sessionId: string): Promise<void> {
    if (!(await deleteSession(peer, sessionId, this.#options.logger))) this.#keep(sessionId);
  }

  #keep(sessionId: string): void {
    this.#left.add(sessionId);
    const [oldest] = this.#left;
    if (this.#left.size > MAX_LEFT && oldest !== undefined) this.#left.delete(oldest);
  }
}
