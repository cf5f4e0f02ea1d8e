/** What a failure says about trying again, in the headers the official clients obey. */
import { ERROR_TABLE, type ErrorRow, type GatewayError } from '../../chat/index.js';

/** Failures that pass: without a better guess the client should come back after this long. */
const DEFAULT_RETRY_MS: Partial<Record<GatewayError['code'], number>> = {
  rate_limited: 1000,
  not_ready: 1000,
  upstream_overloaded: 2000,
  no_available_channel: 10_000,
  shutting_down: 1000,
};

/** `retry-after` in whole seconds, `retry-after-ms` for clients that know it, `x-should-retry: false` where it is no use. */
export function retryHeaders(error: GatewayError): Record<string, string> {
  const row: ErrorRow = ERROR_TABLE[error.code];
  const retryAfterMs = error.retryAfterMs ?? DEFAULT_RETRY_MS[error.code];
  return {
    ...(retryAfterMs !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
      'retry-after-ms': String(Math.max(1, Math.round(retryAfterMs))),
    }),
    ...((error.shouldRetry ?? row.shouldRetry) === false && { 'x-should-retry': 'false' }),
  };
}
