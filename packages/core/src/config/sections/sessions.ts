/** Lingma sessions kept for the next turn of a conversation. */
import * as z from 'zod';
import { DEFAULT_LIMITS, MAX_TIMER_MS } from '../../util/index.js';
import { notBelowZero, setting } from '../setting.js';

export const sessionsSection = {
  enabled: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_SESSIONS_ENABLED', 'SESSION_REUSE_ENABLED'],
    flag: 'sessions',
    doc: 'Whether the session mode `auto` goes on in the Lingma session of a conversation that it knows. Off: as `fresh`.',
  }),
  maxEntries: setting(notBelowZero(z.int().max(65_536), DEFAULT_LIMITS.sessionEntries), {
    env: ['LINGMA_GATEWAY_SESSIONS_MAX_ENTRIES', 'SESSION_CACHE_MAX_ENTRIES'],
    flag: 'sessions-max-entries',
    doc: 'Conversations whose sessions are kept; the ones unused for longest go first. 0 keeps none.',
  }),
  ttlMs: setting(notBelowZero(z.int().max(MAX_TIMER_MS), DEFAULT_LIMITS.sessionTtlMs), {
    env: ['LINGMA_GATEWAY_SESSIONS_TTL_MS', { name: 'SESSION_CACHE_TTL_SEC', unit: 's' }],
    flag: 'sessions-ttl-ms',
    unit: 'ms',
    doc: 'How long a session is kept after its last use. 0 is no limit.',
  }),
};
