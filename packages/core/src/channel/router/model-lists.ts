/**
 * What the channels' upstreams say that they have: asked when it is needed, kept for a while, and asked again behind the back of
 * those who need it then. Nobody waits long for an upstream that does not answer.
 */
import type { CallContext } from '../../chat/index.js';
import { type Clock, type Logger, monotonicNow } from '../../util/index.js';

const FRESH_MS = 600_000;
/** A list that could not be had is asked for again after this. */
const RETRY_MS = 30_000;

interface KnownList<Item> {
  items: readonly Item[];
  /** It was there once. */
  known: boolean;
  dueAt: number;
  asking: Promise<void> | undefined;
}

export interface ModelListOptions<Item> {
  readonly fetch: (context: CallContext) => Promise<readonly Item[]>;
  /** Milliseconds that somebody waits for the first list. */
  readonly waitMs: number;
  readonly freshMs?: number;
  readonly retryMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly name: string;
}

export interface ModelList<Item> {
  /** As far as it is known. */
  readonly current: readonly Item[];
  /** False: nobody has ever told it. */
  readonly known: boolean;
  /** The list, waited for where it is not known. Never rejects but for the caller's signal. */
  get(context: CallContext): Promise<readonly Item[]>;
  /** The last failure, while there is no list. */
  readonly error: unknown;
}

export function createModelList<Item = string>(options: ModelListOptions<Item>): ModelList<Item> {
  const { clock, logger, name, waitMs, freshMs = FRESH_MS, retryMs = RETRY_MS } = options;
  const list: KnownList<Item> = { items: [], known: false, dueAt: Number.NEGATIVE_INFINITY, asking: undefined };
  let failure: unknown;
  const ask = (context: CallContext): Promise<void> => {
    // The one who happens to ask may go away; the list is for all.
    const lasting: CallContext = { requestId: 'models', signal: new AbortController().signal, logger: context.logger };
    list.asking ??= options
      .fetch(lasting)
      .then(
        (items) => {
          list.items = items;
          list.known = true;
          list.dueAt = monotonicNow(clock) + freshMs;
          failure = undefined;
        },
        (cause: unknown) => {
          failure = cause;
          list.dueAt = monotonicNow(clock) + retryMs;
          logger.warn('the models of a channel could not be listed', { channel: name, cause });
        },
      )
      .finally(() => {
        list.asking = undefined;
      });
    return list.asking;
  };
  return {
    get current() {
      return list.items;
    },
    get known() {
      return list.known;
    },
    get error() {
      return failure;
    },
    async get(context) {
      if (list.asking === undefined && monotonicNow(clock) < list.dueAt) return list.items;
      const asking = ask(context);
      if (!list.known) await within(asking, waitMs, context, clock);
      return list.items;
    },
  };
}

function within(work: Promise<void>, ms: number, { signal, ownSignal }: CallContext, clock: Clock): Promise<void> {
  const caller = ownSignal ?? signal;
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      cancel();
      caller.removeEventListener('abort', onAbort);
      finish();
    };
    const onAbort = (): void => settle(() => reject(caller.reason));
    const cancel = clock.schedule(ms, () => settle(resolve));
    if (caller.aborted) {
      onAbort();
      return;
    }
    caller.addEventListener('abort', onAbort, { once: true });
    work.then(() => settle(resolve));
  });
}
