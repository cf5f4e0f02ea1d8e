/** Waiting that ends with a signal, without leaving listeners behind on signals that live long. */
import { type CancelSource, createCancelSource } from './cancel.js';

/** `promise`, or a rejection with `signal.reason`, whichever is first. The work behind the promise goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(
      (value) => {
        signal.removeEventListener('abort', onAbort);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      },
    );
  });
}

/** A controller that follows `signal` until `release()`; the listener goes when the work settles, not when the signal dies. */
export function linkedController(signal: AbortSignal | undefined): {
  readonly controller: CancelSource;
  readonly release: () => void;
} {
  const controller = createCancelSource();
  if (signal === undefined) return { controller, release: () => undefined };
  if (signal.aborted) controller.abort(signal.reason);
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return { controller, release: () => signal.removeEventListener('abort', onAbort) };
}
