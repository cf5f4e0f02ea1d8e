export { emptyAnswer } from './empty-answer.js';
export type { ImageOptions } from './images/index.js';
export { createLingmaChannel, type LingmaChannelOptions, type LingmaTurns } from './lingma-channel.js';
export type { ModelCatalogOptions } from './model-catalog.js';
export { openWhenWanted } from './open-when-wanted.js';
