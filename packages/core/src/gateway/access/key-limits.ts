/**
 * What a named key may use up: requests a minute, requests at once, tokens a day. A handful of numbers a key, whatever is
 * asked with it.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, monotonicNow, type OptionRules } from '../../util/index.js';

/** What is absent is not limited. */
export interface KeyLimits {
  /** Requests for answers; the minute begins with the first of them. */
  readonly requestsPerMinute?: number;
  /** Requests for answers that may run or wait at once. */
  readonly maxParallel?: number;
  /** Tokens read and written together; the day is UTC's. The request that goes over is the last one, and is answered. */
  readonly tokensPerDay?: number;
}

export const LIMIT_RULES: OptionRules<KeyLimits> = {
  requestsPerMinute: 'count',
  maxParallel: 'count',
  tokensPerDay: 'count',
};

export interface KeyLimiter {
  /**
   * For a request that wants an answer. The returned function tells that it is over; once, further calls do nothing.
   *
   * @throws GatewayError `rate_limited`, `quota_exceeded`
   */
  enter(): () => void;
  /** Tokens of an answer, when it has ended. */
  spend(tokens: number): void;
  /** `x-ratelimit-*`, as OpenAI names them, for every answer to the key. */
  headers(): Readonly<Record<string, string>>;
}

/** What a key has used up. Lives on where its limits become others. */
export interface KeyUsage {
  running: number;
  /** By {@link monotonicNow}: the end of the minute that counts. */
  minuteEndsAt: number;
  /** In that minute. */
  requests: number;
  /** Whole days since the epoch. */
  day: number;
  /** On that day. */
  tokens: number;
}

export const noUsage = (): KeyUsage => ({
  running: 0,
  minuteEndsAt: Number.NEGATIVE_INFINITY,
  requests: 0,
  day: 0,
  tokens: 0,
});

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const PARALLEL_RETRY_MS = 1_000;

export function createKeyLimiter(limits: KeyLimits, clock: Clock, usage: KeyUsage = noUsage()): KeyLimiter {
  const { requestsPerMinute, maxParallel, tokensPerDay } = limits;

  /** A wall clock that is set back gives no second budget. */
  const turnDay = (): void => {
    const today = Math.floor(clock.now() / DAY_MS);
    if (today <= usage.day) return;
    usage.day = today;
    usage.tokens = 0;
  };
  const minuteLeft = (): number => Math.max(0, usage.minuteEndsAt - monotonicNow(clock));
  const requestsUsed = (): number => (minuteLeft() > 0 ? usage.requests : 0);

  return {
    enter() {
      turnDay();
      if (tokensPerDay !== undefined && usage.tokens >= tokensPerDay) {
        throw new GatewayError('quota_exceeded', `This API key has used up its ${tokensPerDay} tokens of the day`);
      }
      if (maxParallel !== undefined && usage.running >= maxParallel) {
        throw new GatewayError('rate_limited', `This API key may run ${maxParallel} requests at once`, {
          retryAfterMs: PARALLEL_RETRY_MS,
        });
      }
      if (requestsPerMinute !== undefined) {
        const used = requestsUsed();
        if (used >= requestsPerMinute) {
          throw new GatewayError('rate_limited', `This API key may make ${requestsPerMinute} requests a minute`, {
            retryAfterMs: minuteLeft(),
          });
        }
        if (used === 0) usage.minuteEndsAt = monotonicNow(clock) + MINUTE_MS;
        usage.requests = used + 1;
      }
      usage.running++;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        usage.running--;
      };
    },
    spend(spent) {
      turnDay();
      usage.tokens += Math.max(0, spent);
    },
    headers() {
      turnDay();
      return {
        ...(requestsPerMinute !== undefined && {
          'x-ratelimit-limit-requests': String(requestsPerMinute),
          'x-ratelimit-remaining-requests': String(requestsPerMinute - requestsUsed()),
          'x-ratelimit-reset-requests': durationText(minuteLeft()),
        }),
        ...(tokensPerDay !== undefined && {
          'x-ratelimit-limit-tokens': String(tokensPerDay),
          'x-ratelimit-remaining-tokens': String(Math.max(0, tokensPerDay - usage.tokens)),
          'x-ratelimit-reset-tokens': durationText(DAY_MS - msOfDay(clock)),
        }),
      };
    },
  };
}

/** Since midnight, UTC. */
const msOfDay = (clock: Clock): number => clock.now() % DAY_MS;

/** As OpenAI writes them: `12ms`, `1s`, `6m0s`, `23h4m0s`. */
function durationText(ms: number): string {
  if (ms > 0 && ms < 1_000) return `${Math.ceil(ms)}ms`;
  const seconds = Math.ceil(Math.max(0, ms) / 1_000);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
