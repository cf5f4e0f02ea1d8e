/**
 * Holds what comes between the end of connecting and `listen`: a process may speak first. Used by every transport, which
 * hands what comes later to {@link EarlyEvents.receiver} without a detour.
 */
import type { TransportHandlers } from './transport.js';

export class EarlyEvents {
  /** Who takes bytes now: whoever listens, or nobody any more. */
  receiver: Pick<TransportHandlers, 'onBytes'> = this;
  #handlers: TransportHandlers | undefined;
  #early: Uint8Array[] = [];
  #end: { readonly error: Error | undefined } | undefined;

  listen(handlers: TransportHandlers): void {
    if (this.#handlers !== undefined) throw new Error('The transport has a listener already');
    this.#handlers = handlers;
    const early = this.#early;
    this.#early = [];
    for (const bytes of early) handlers.onBytes(bytes);
    if (this.#end === undefined) this.receiver = handlers;
    if (this.#end !== undefined) this.#tellEnd(handlers, this.#end.error);
  }

  onBytes(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    if (this.#handlers === undefined) this.#early.push(bytes);
    else this.#handlers.onBytes(bytes);
  }

  /** Only the first call counts. */
  end(error: Error | undefined): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    this.receiver = this;
    if (this.#handlers !== undefined) this.#tellEnd(this.#handlers, error);
  }

  #tellEnd(handlers: TransportHandlers, error: Error | undefined): void {
    if (error === undefined) handlers.onClose();
    else handlers.onClose(error);
  }
}
