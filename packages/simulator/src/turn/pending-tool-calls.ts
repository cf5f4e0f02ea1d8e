import type { JsonObject } from '../json-object.js';

/** A native tool that waits for its client. */
export interface ToolTicket {
  /** Settles with what `tool/call/approve` said. */
  readonly approval: Promise<boolean>;
  /** Settles with the params of `tool/invokeResult`. */
  readonly result: Promise<JsonObject>;
  close(): void;
}

interface OpenTicket {
  readonly approve: (approval: boolean) => void;
  readonly finish: (result: JsonObject) => void;
}

/** Where `tool/call/approve` and `tool/invokeResult` meet the turns that wait for them, by tool call id. */
export class PendingToolCalls {
  readonly #open = new Map<string, OpenTicket>();

  open(toolCallId: string): ToolTicket {
    const { promise: approval, resolve: approve } = deferred<boolean>();
    const { promise: result, resolve: finish } = deferred<JsonObject>();
    this.#open.set(toolCallId, { approve, finish });
    return { approval, result, close: () => this.#open.delete(toolCallId) };
  }

  /** False when no such tool waits. */
  approve(toolCallId: string, approval: boolean): boolean {
    const ticket = this.#open.get(toolCallId);
    ticket?.approve(approval);
    return ticket !== undefined;
  }

  /** False when no such tool waits. */
  finish(toolCallId: string, result: JsonObject): boolean {
    const ticket = this.#open.get(toolCallId);
    ticket?.finish(result);
    return ticket !== undefined;
  }
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
