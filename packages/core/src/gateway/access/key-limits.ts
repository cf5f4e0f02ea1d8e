/**
 * What a named key may use up: requests a minute, requests at once, tokens a day, and a quota. A handful of numbers a key,
 * whatever is asked with it.
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

/** Tokens read and written together. */
export interface KeyQuota {
  readonly tokens: number;
  /** After which it begins anew; days and months are UTC's. `none`: never. Default `none`. */
  readonly period?: QuotaPeriod;
}

/** After which a quota begins anew. */
export type QuotaPeriod = 'none' | 'day' | 'month';
export const LIMIT_RULES: OptionRules<KeyLimits> = {
  requestsPerMinute: 'count',
  maxParallel: 'count',
  tokensPerDay: 'count',
};

export const QUOTA_RULES: OptionRules<KeyQuota> = { tokens: 'count', period: ['none', 'day', 'month'] };

export interface KeyLimiter {
  /**
   * For a request that wants an answer. The returned function tells that it is over; once, further calls do nothing.
   *
   * @param estimate tokens that are held for it until then, so that requests at once do not overrun a quota together
   * @throws GatewayError `rate_limited`, `quota_exceeded`
   */
  enter(estimate?: number): () => void;
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
  /** The day, the month, or `''`; absent: nothing was spent yet. */
  quotaPeriod?: string;
  /** In that period. */
  quotaTokens: number;
  /** Held for requests that run. */
  reserved: number;
}

export const noUsage = (): KeyUsage => ({
  running: 0,
  minuteEndsAt: Number.NEGATIVE_INFINITY,
  requests: 0,
  day: 0,
  tokens: 0,
  quotaTokens: 0,
  reserved: 0,
});

export interface KeyBudget {
  readonly limits?: KeyLimits;
  readonly quota?: KeyQuota;
  /** Tokens spent before this process began, in the period of that name (as `2026-11-27`, `2026-11`, or `''`). Default: none. */
  readonly spentBefore?: (period: string) => number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * 60_000;
const PARALLEL_RETRY_MS = 1_000;

export function createKeyLimiter(budget: KeyBudget, clock: Clock, usage: KeyUsage = noUsage()): KeyLimiter {
  const { limits = {}, quota, spentBefore = () => 0 } = budget;
  const { requestsPerMinute, maxParallel, tokensPerDay } = limits;

  /** A wall clock that is set back gives no second budget. */
  const turnDay = (): void => {
    const today = Math.floor(clock.now() / DAY_MS);
    if (today <= usage.day) return;
    usage.day = today;
    usage.tokens = 0;
  };
  const turnPeriod = (): void => {
    if (quota === undefined) return;
    const period = periodName(quota.period, clock.now());
    const before = usage.quotaPeriod;
    // Names of periods of one kind are as long as one another, and in the order of time.
    if (before !== undefined && before.length === period.length && period <= before) return;
    usage.quotaPeriod = period;
    usage.quotaTokens = spentBefore(period);
  };
  const minuteLeft = (): number => Math.max(0, usage.minuteEndsAt - monotonicNow(clock));
  const requestsUsed = (): number => (minuteLeft() > 0 ? usage.requests : 0);

  return {
    enter(estimate = 0) {
      turnDay();
      turnPeriod();
      if (quota !== undefined && usage.quotaTokens + usage.reserved >= quota.tokens) {
        if (usage.quotaTokens >= quota.tokens) {
          throw new GatewayError('quota_exceeded', `This API key has used up its quota of ${quota.tokens} tokens`);
        }
        // What is only held may be given back.
        throw new GatewayError('rate_limited', 'What is left of this API key’s quota is held for requests that run', {
          retryAfterMs: PARALLEL_RETRY_MS,
        });
      }
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
      usage.reserved += estimate;
      let over = false;
      return () => {
        if (over) return;
        over = true;
        usage.running--;
        usage.reserved -= estimate;
      };
    },
    spend(spent) {
      turnDay();
      turnPeriod();
      usage.tokens += Math.max(0, spent);
      usage.quotaTokens += Math.max(0, spent);
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

/** `2026-11-27`, `2026-11`, or `''` for the time that never ends. */
export function periodName(period: QuotaPeriod = 'none', now: number): string {
  const date = new Date(now).toISOString();
  return period === 'day' ? date.slice(0, 10) : period === 'month' ? date.slice(0, 7) : '';
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
