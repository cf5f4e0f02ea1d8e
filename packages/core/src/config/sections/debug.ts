/** What helps to look for a fault, and tells more than a log should otherwise. */
import { z } from 'zod';
import { setting } from '../setting.js';

export const debugSection = {
  bodies: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_DEBUG_BODIES'],
    flag: 'debug-bodies',
    doc: "Let the log hold what others say: Lingma's own words about a failure, which may quote prompts. Without it their length and code alone.",
  }),
};
