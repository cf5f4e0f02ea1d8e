/** An upstream that speaks OpenAI's protocol, whose code and libraries are read with the first request to one. */
import { loadModule } from '../chat/index.js';
import type { OpenAiUpstreamOptions } from './openai-compatible/openai-upstream.js';
import { lazyUpstream, type Upstream } from './router/index.js';

const load = loadModule(() => import('./openai-compatible/openai-upstream.js'));

export function lazyOpenAiUpstream(options: OpenAiUpstreamOptions): Upstream {
  return lazyUpstream(async () => (await load()).createOpenAiUpstream(options));
}
