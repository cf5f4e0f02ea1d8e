/** What is said where nobody can answer. */
import { GatewayError } from '../../chat/index.js';

/** For what cannot be told any better. */
const RETRY_AFTER_MS = 10_000;

/** @param retryAfterMs until the first of them may be tried; 0 and what is no number: nobody knows */
export const noneAvailable = (retryAfterMs = 0): GatewayError =>
  new GatewayError('no_available_channel', 'No channel can answer for now: all that have the model are out', {
    retryAfterMs: Number.isFinite(retryAfterMs) && retryAfterMs > 0 ? retryAfterMs : RETRY_AFTER_MS,
  });
