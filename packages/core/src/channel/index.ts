export { emptyAnswer } from './empty-answer.js';
export { type ImageOptions, loadAddressGuard } from './images/index.js';
export { createLingmaChannel, type LingmaChannelOptions, type LingmaTurns } from './lingma-channel.js';
export { AGENT_MODEL, type ModelCatalogOptions, STAND_INS } from './model-catalog.js';
