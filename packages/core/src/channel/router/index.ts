export { type ChannelRouter, createChannelRouter } from './channel-router.js';
export type { ChannelTest } from './channel-test.js';
export { lazyUpstream } from './lazy-upstream.js';
export { lingmaUpstream } from './lingma-upstream.js';
export { CHANNEL_STATES, type ChannelReport, type ChannelState, type RoutedChannelOptions } from './routed-channel.js';
export type { Upstream } from './upstream.js';
