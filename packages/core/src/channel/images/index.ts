export { loadAddressGuard } from './load-address-guard.js';
export { type ImageOptions, type PreparedImages, prepareImages } from './prepare-images.js';
export { selectImages } from './select-images.js';
