/** What a failed turn says of its instance, and whether another one may do better. */
import { type ErrorCode, toGatewayError } from '../chat/index.js';

/** Failures of the upstream itself. What callers, their requests and used-up accounts bring about is none. */
const UPSTREAM: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'upstream_error',
  'upstream_overloaded',
  'upstream_protocol',
  'upstream_timeout',
]);
/** What another instance may not have. */
const OF_ONE_INSTANCE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...UPSTREAM,
  'login_required',
  'not_ready',
  'quota_exceeded',
  'rate_limited',
  // The instance is being closed, the pool is not.
  'shutting_down',
]);
/** It may only be how others came to be asked. */
const SAYS_LITTLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['login_required', 'not_ready', 'shutting_down']);

export const isUpstreamFailure = (error: unknown): boolean => UPSTREAM.has(toGatewayError(error).code);

export const mayMove = (error: unknown): boolean => OF_ONE_INSTANCE.has(toGatewayError(error).code);

/** Of the failures of a turn on two instances the one to tell. */
export function moreTelling(first: unknown, second: unknown): unknown {
  return SAYS_LITTLE.has(toGatewayError(second).code) ? first : second;
}
