/** Handlers of incoming messages by method; the newest first. Read by its fields: each message is looked up here. */
import type { IncomingHandler } from './peer.js';

/** One registration: the same handler may be there more than once. */
export interface RegisteredHandler {
  readonly handle: IncomingHandler;
}

const NONE: readonly RegisteredHandler[] = [];

export class HandlerTable {
  /** Lists are replaced, never changed, so that a handler may add and remove handlers while they are being called. */
  readonly byMethod = new Map<string, readonly RegisteredHandler[]>();
  /** Of all methods that have none of their own. */
  others = NONE;

  /** Returns the function that removes the handler again. */
  on(method: string, handler: IncomingHandler): () => void {
    const own = { handle: handler };
    this.byMethod.set(method, [own, ...(this.byMethod.get(method) ?? NONE)]);
    return () => {
      const left = (this.byMethod.get(method) ?? NONE).filter((candidate) => candidate !== own);
      if (left.length > 0) this.byMethod.set(method, left);
      else this.byMethod.delete(method);
    };
  }

  /** As {@link on}, for all methods that have no handler of their own. */
  onOther(handler: IncomingHandler): () => void {
    const own = { handle: handler };
    this.others = [own, ...this.others];
    return () => {
      this.others = this.others.filter((candidate) => candidate !== own);
    };
  }

  clear(): void {
    this.byMethod.clear();
    this.others = NONE;
  }
}
