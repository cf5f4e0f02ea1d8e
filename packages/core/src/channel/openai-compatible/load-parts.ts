/** What only such channels need, read with the first request to one. */
import { loadModule } from '../../chat/index.js';

export const loadHttp = loadModule(async () => {
  const [{ Agent, EnvHttpProxyAgent, ProxyAgent }, { createParser }] = await Promise.all([
    import('undici'),
    import('eventsource-parser'),
  ]);
  return { Agent, EnvHttpProxyAgent, ProxyAgent, createParser };
});

export type Http = Awaited<ReturnType<typeof loadHttp>>;
