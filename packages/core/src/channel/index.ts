export { emptyAnswer } from './empty-answer.js';
export type { ImageOptions } from './images/index.js';
export { lazyOpenAiUpstream } from './lazy-openai-upstream.js';
export { createLingmaChannel, type LingmaChannelOptions, type LingmaTurns } from './lingma-channel.js';
export { AGENT_MODEL, type ModelCatalogOptions, STAND_INS } from './model-catalog.js';
export {
  CHANNEL_STATES,
  type ChannelReport,
  type ChannelRouter,
  type ChannelState,
  type ChannelTest,
  createChannelRouter,
  lingmaUpstream,
  type RoutedChannelOptions,
} from './router/index.js';
