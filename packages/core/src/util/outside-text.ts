/**
 * Errors whose message somebody else wrote: a process, a model's server. It helps whoever looks for a fault, and it may
 * quote a prompt; so it stays on the error, and whoever writes a log decides whether it is told.
 */
const OUTSIDE_TEXT: unique symbol = Symbol.for('lingma-gateway.outside-text') as never;

/** `message` without what is secret by its form; `code` as the other side gave it. */
export class OutsideTextError extends Error {
  override readonly name: string = 'OutsideTextError';
  readonly [OUTSIDE_TEXT] = true;

  constructor(
    message: string,
    readonly code?: number | string,
  ) {
    super(message);
  }
}

/** Whether the message is another side's. A log that must hold no content tells its length instead. */
export const hasOutsideText = (error: Error): boolean => Reflect.get(error, OUTSIDE_TEXT) === true;
