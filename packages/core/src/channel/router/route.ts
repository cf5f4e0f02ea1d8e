/** The way of one request: from candidate to candidate until one has begun to answer. */
import type { CallContext, GatewayError } from '../../chat/index.js';
import { abortable } from '../../util/index.js';
import { chooseChannel } from './choose-channel.js';
import type { Candidate } from './model-directory.js';
import { noneAvailable } from './no-channel.js';
import type { Attempt, RoutedChannel } from './routed-channel.js';
import { failureKind } from './upstream.js';

export interface RouteOptions {
  /** At least one. */
  readonly candidates: readonly Candidate[];
  readonly maxAttempts: number;
  readonly random: () => number;
  readonly context: CallContext;
}

const FULL_RETRY_AFTER_MS = 1_000;

export class Route {
  readonly #options: RouteOptions;
  /** `name#key`; bounded by the number of attempts. */
  readonly #tried = new Set<string>();
  #attempts = 0;
  #failure: unknown;

  constructor(options: RouteOptions) {
    this.#options = options;
  }

  /**
   * Asks one candidate after the other with `open`, which resolves when an answer has begun.
   *
   * @param mayAnswer the candidates to choose from
   * @param counts whether the candidate is really asked by `open`; one that is not is as if it had not been chosen
   * @throws GatewayError of the last one; `no_available_channel` where none could be asked
   */
  async run<T>(
    mayAnswer: (candidate: Candidate) => boolean,
    open: (candidate: Candidate, attempt: Attempt) => Promise<T>,
    counts: (candidate: Candidate) => boolean = () => true,
  ): Promise<T> {
    const { context, maxAttempts } = this.#options;
    const signal = context.ownSignal ?? context.signal;
    for (;;) {
      if (signal.aborted) throw signal.reason;
      const next = this.#attempts < maxAttempts ? this.#choose(mayAnswer) : undefined;
      if (next === undefined) throw this.#failure ?? this.#noneAvailable();
      const { candidate, key } = next;
      const { channel } = candidate;
      const attempt = channel.begin(key);
      if (counts(candidate)) {
        this.#tried.add(`${channel.name}#${key}`);
        this.#attempts++;
        context.report?.({ channel: channel.name, ...(this.#attempts > 1 && { repeat: 'channel' as const }) });
      }
      const opening = open(candidate, attempt);
      try {
        return await abortable(opening, signal);
      } catch (error) {
        attempt.fail(error);
        attempt.release();
        // It may begin after its caller has gone.
        opening.then(closeLate, () => undefined);
        if (signal.aborted || failureKind(error) === 'request') throw error;
        this.#failure = error;
      }
    }
  }

  #choose(mayAnswer: (candidate: Candidate) => boolean): { candidate: Candidate; key: number } | undefined {
    const { candidates, random, context } = this.#options;
    const able = candidates.filter(mayAnswer).filter(({ channel }) => !channel.isFull);
    const free = able.flatMap((candidate) => {
      const [key] = this.#keysOf(candidate, able.length === 1);
      return key === undefined ? [] : [{ candidate, key }];
    });
    if (free.length < 2) return free[0];
    // Another channel before another key of the same one.
    const untouched = free.filter(({ candidate }) => !this.#wasTried(candidate.channel));
    const pool = (untouched.length > 0 ? untouched : free).map(({ candidate, key }) => ({
      candidate,
      key,
      name: candidate.channel.name,
      rank: candidate.rank,
      priority: candidate.channel.options.priority,
      weight: candidate.channel.options.weight,
    }));
    return chooseChannel(pool, context.affinityKey, random);
  }

  /** Lingma's pool knows by itself when to rest: where nobody else can answer, it is asked whatever we think of it. */
  #keysOf({ channel }: Candidate, isAlone: boolean): readonly number[] {
    const free = channel.freeKeys(this.#tried);
    if (free.length > 0 || channel.options.type !== 'lingma' || !isAlone) return free;
    return this.#wasTried(channel) ? [] : [0];
  }

  #wasTried({ name }: RoutedChannel): boolean {
    return [...this.#tried].some((each) => each.startsWith(`${name}#`));
  }

  #noneAvailable(): GatewayError {
    const { candidates } = this.#options;
    const rests = candidates.map(({ channel }) => (channel.isFull ? FULL_RETRY_AFTER_MS : channel.restMs));
    return noneAvailable(Math.min(...rests));
  }
}

function closeLate(opened: unknown): void {
  const { stream, close } = (opened ?? {}) as { stream?: { close(): Promise<void> }; close?: () => Promise<void> };
  void stream?.close();
  void close?.call(opened);
}
