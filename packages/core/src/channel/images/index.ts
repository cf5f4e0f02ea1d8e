export type { RemoteImageOptions } from './fetch-remote-image.js';
export { IMAGE_RULES, type ImageOptions, type PreparedImages } from './image-options.js';
export { loadAddressGuard } from './load-address-guard.js';
export { imagePreparation } from './load-images.js';
export { selectImages } from './select-images.js';
