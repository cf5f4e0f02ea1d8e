/** What helps to look for a fault, and tells more than a log should otherwise. */
import { z } from 'zod';
import { DEFAULT_LIMITS } from '../../util/index.js';
import { notBelowZero, setting } from '../setting.js';

export const debugSection = {
  requests: setting(notBelowZero(z.int().max(10_000), DEFAULT_LIMITS.debugRequests), {
    env: ['LINGMA_GATEWAY_DEBUG_REQUESTS'],
    flag: 'debug-requests',
    doc: 'How many of the newest requests are remembered for whoever looks for a fault, without what was said in them. 0 remembers none.',
    notUsedYet: 'this version has no route that would tell them',
  }),
  bodies: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_DEBUG_BODIES'],
    flag: 'debug-bodies',
    doc: "Let the log hold what others say: Lingma's own words about a failure, which may quote prompts. Without it their length and code alone.",
  }),
};
