/** The numbers as Prometheus reads them: registered when they are first asked for. */
import { lateModule } from '../../chat/index.js';
import type { MetricsOptions, MetricsText } from './metrics.js';

export const metricsModule = lateModule(() => import('./metrics.js'));

/** Registers once, at the first call. @throws GatewayError `not_ready` */
export function lateMetrics(options: MetricsOptions): () => Promise<MetricsText> {
  let read: (() => Promise<MetricsText>) | undefined;
  return async () => {
    const { createMetrics } = metricsModule.loaded ?? (await metricsModule.load());
    read ??= createMetrics(options);
    return read();
  };
}
