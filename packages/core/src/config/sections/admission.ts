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
