export { createOpenAiUpstream, type OpenAiUpstreamOptions } from './openai-upstream.js';
