/**
 * What a named key may use up: requests a minute, requests at once, tokens a day. A handful of numbers a key, whatever is
 * asked with it.
 */
import { GatewayError } from '../../chat/index.js';
import { type Clock, monotonicNow } from '../../util/index.js';

/** What is absent is not limited. */
export interface KeyLimits {
  /** Requests for answers; the minute begins with the first of them. */
  readonly requestsPerMinute?: number;
  /** Requests for answers that may run or wait at once. */
  readonly maxParallel?: number;
  /** Tokens read and written together; the day is UTC's. The request that goes over is the last one, and is answered. */
  readonly tokensPerDay?: number;
}

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

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const PARALLEL_RETRY_MS = 1_000;

export function createKeyLimiter(limits: KeyLimits, clock: Clock): KeyLimiter {
  const { requestsPerMinute, maxParallel, tokensPerDay } = limits;
  let running = 0;
  /** By {@link monotonicNow}: the end of the minute that counts. */
  let minuteEndsAt = Number.NEGATIVE_INFINITY;
  let requests = 0;
  let day = 0;
  let tokens = 0;

  /** Whole days since the epoch. A wall clock that is set back gives no second budget. */
  const turnDay = (): void => {
    const today = Math.floor(clock.now() / DAY_MS);
    if (today <= day) return;
    day = today;
    tokens = 0;
  };
  const minuteLeft = (): number => Math.max(0, minuteEndsAt - monotonicNow(clock));
  const requestsUsed = (): number => (minuteLeft() > 0 ? requests : 0);

  return {
    enter() {
      turnDay();
      if (tokensPerDay !== undefined && tokens >= tokensPerDay) {
        throw new GatewayError('quota_exceeded', `This API key has used up its ${tokensPerDay} tokens of the day`);
      }
      if (maxParallel !== undefined && running >= maxParallel) {
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
        if (used === 0) minuteEndsAt = monotonicNow(clock) + MINUTE_MS;
        requests = used + 1;
      }
      running++;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        running--;
      };
    },
    spend(spent) {
      turnDay();
      tokens += Math.max(0, spent);
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
          'x-ratelimit-remaining-tokens': String(Math.max(0, tokensPerDay - tokens)),
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
