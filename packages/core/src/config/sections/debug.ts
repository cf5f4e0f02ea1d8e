/** What helps to look for a fault, and tells more than a log should otherwise. */
import { z } from 'zod';
import { setting } from '../setting.js';

/** As many as the ring takes at the most. */
const MAX_REQUESTS = 200;

export const debugSection = {
  requests: setting(z.int().min(0).max(MAX_REQUESTS).default(MAX_REQUESTS), {
    env: ['LINGMA_GATEWAY_DEBUG_REQUESTS'],
    flag: 'debug-requests',
    doc: 'How many of the last requests `/internal/debug/requests` tells: when, what, how long, with what outcome. At most 4 MiB. 0 keeps none.',
  }),
  bodies: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_DEBUG_BODIES'],
    flag: 'debug-bodies',
    doc: "Let the log hold what others say: Lingma's own words about a failure, which may quote prompts. Without it their length and code alone. `/internal/debug/requests` then shows what was asked and answered, without secrets and shortened.",
  }),
};
