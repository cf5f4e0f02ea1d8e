/** What helps to look for a fault, and tells more than a log should otherwise. */
import * as z from 'zod';
import { DEFAULT_LIMITS } from '../../util/index.js';
import { notBelowZero, setting } from '../setting.js';

export const debugSection = {
  requests: setting(notBelowZero(z.int().max(DEFAULT_LIMITS.debugRequests), DEFAULT_LIMITS.debugRequests), {
    env: ['LINGMA_GATEWAY_DEBUG_REQUESTS'],
    flag: 'debug-requests',
    doc: 'How many of the last requests `/internal/debug/requests` tells: when, what, how long, with what outcome. At most 200 and 4 MiB. 0 remembers none.',
  }),
  bodies: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_DEBUG_BODIES'],
    flag: 'debug-bodies',
    doc: "Let the log hold what others say: Lingma's own words about a failure, which may quote prompts. Without it their length and code alone. `/internal/debug/requests` then shows what was asked and answered, without secrets and shortened.",
  }),
};
