/** `GET /metrics`, for Prometheus. */
import type { Observation } from '../observe/observation.js';
import type { Route } from '../router.js';

export function metricsRoute(observation: Pick<Observation, 'metrics'>): Route {
  return {
    name: 'metrics',
    method: 'GET',
    path: '/metrics',
    protocol: 'openai-chat',
    versioned: false,
    access: 'metrics',
    async handle() {
      const { text, contentType } = await observation.metrics();
      return {
        status: 200,
        headers: {
          'content-type': contentType,
          'content-length': String(Buffer.byteLength(text)),
        },
        body: text,
      };
    },
  };
}
