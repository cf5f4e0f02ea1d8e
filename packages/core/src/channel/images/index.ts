export type { RemoteImageOptions } from './fetch-remote-image.js';
export { loadAddressGuard } from './load-address-guard.js';
export { IMAGE_RULES, type ImageOptions, type PreparedImages, prepareImages } from './prepare-images.js';
export { selectImages } from './select-images.js';
