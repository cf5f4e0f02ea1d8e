export { type ChannelRouter, type ChannelTest, createChannelRouter } from './channel-router.js';
export { lazyUpstream } from './lazy-upstream.js';
export { lingmaUpstream } from './lingma-upstream.js';
export { CHANNEL_STATES, type ChannelReport, type ChannelState, type RoutedChannelOptions } from './routed-channel.js';
