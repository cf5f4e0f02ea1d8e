export type { ConversationSession } from './conversation/conversation-session.js';
export type { SessionOutcome, SessionOwner } from './conversation/conversations.js';
export { emptyAnswer } from './empty-answer.js';
export { type ImageOptions, loadAddressGuard, type RemoteImageOptions } from './images/index.js';
export { lazyOpenAiUpstream } from './lazy-openai-upstream.js';
export {
  type ConversationTurn,
  createLingmaChannel,
  type LingmaChannelOptions,
  type LingmaTurnEvents,
  type LingmaTurns,
} from './lingma-channel.js';
export { loadToolEmulation } from './load-emulation.js';
export type { ModelCatalogOptions } from './model-catalog.js';
export { openWhenWanted } from './open-when-wanted.js';
export type { ToolOptions } from './plan-request.js';
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
