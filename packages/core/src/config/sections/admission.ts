/** How much runs at once. */
import { z } from 'zod';
import { milliseconds, setting } from '../setting.js';

export const admissionSection = {
  maxInFlight: setting(z.int().min(1).default(256), {
    env: ['LINGMA_GATEWAY_MAX_IN_FLIGHT'],
    flag: 'max-in-flight',
    doc: 'Requests that may run at once. Further ones wait.',
  }),
  queueTimeoutMs: setting(milliseconds(30_000, 0), {
    env: ['LINGMA_GATEWAY_QUEUE_TIMEOUT_MS'],
    flag: 'queue-timeout-ms',
    unit: 'ms',
    doc: 'How long a request may wait for its turn before it is answered with 429.',
  }),
};
