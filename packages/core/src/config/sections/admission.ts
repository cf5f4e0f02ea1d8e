/** How much runs at once. */
import * as z from 'zod';
import { DEFAULT_LIMITS, MAX_TIMER_MS } from '../../util/index.js';
import { notBelowZero, setting } from '../setting.js';

export const admissionSection = {
  maxInFlight: setting(notBelowZero(z.int(), DEFAULT_LIMITS.maxInFlight), {
    env: ['LINGMA_GATEWAY_MAX_IN_FLIGHT', 'GATEWAY_MAX_IN_FLIGHT'],
    flag: 'max-in-flight',
    doc: 'Requests for answers that may run at once. Further ones wait, and take turns by key. 0 or less is no limit.',
  }),
  maxEmbeddings: setting(notBelowZero(z.int(), DEFAULT_LIMITS.maxEmbeddings), {
    env: ['LINGMA_GATEWAY_MAX_EMBEDDINGS'],
    flag: 'max-embeddings',
    doc: 'Requests for embeddings that may run at once, beside `admission.maxInFlight`. 0 or less is no limit.',
  }),
  maxQueued: setting(z.int().min(0).default(DEFAULT_LIMITS.maxQueued), {
    env: ['LINGMA_GATEWAY_MAX_QUEUED'],
    flag: 'max-queued',
    doc: 'Requests that may wait at once. Further ones are answered with 429.',
  }),
  queueTimeoutMs: setting(notBelowZero(z.int().max(MAX_TIMER_MS), DEFAULT_LIMITS.queueTimeoutMs), {
    env: ['LINGMA_GATEWAY_QUEUE_TIMEOUT_MS', { name: 'GATEWAY_QUEUE_TIMEOUT_SEC', unit: 's' }],
    flag: 'queue-timeout-ms',
    unit: 'ms',
    doc: 'How long a request may wait for its turn before it is answered with 429. 0 does not wait.',
  }),
  maxBodyMemoryBytes: setting(
    z
      .int()
      .min(1024)
      .default(256 * 1024 * 1024),
    {
      env: ['LINGMA_GATEWAY_MAX_BODY_MEMORY_BYTES'],
      flag: 'max-body-memory-bytes',
      doc: 'Bytes that the bodies of all open requests may take together, unpacked. Beyond it requests are answered with 429. Never less than `server.maxBodyBytes`.',
    },
  ),
};
