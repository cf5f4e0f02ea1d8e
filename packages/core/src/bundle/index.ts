export {
  BUNDLE_FILES,
  BUNDLE_LIMITS,
  BundleError,
  type BundleFileName,
  type BundleFiles,
} from './bundle-files.js';
export { decodeBundleText, isGzip } from './decode-text.js';
export { bundleToText, packBundle } from './pack-bundle.js';
export { unpackBundle } from './unpack-bundle.js';
