/** Gets a Lingma to start: finds one, or downloads, checks and unpacks the extension that brings it. */
export { BinarySource, type BinarySourceOptions } from './binary-source.js';
export { Bootstrap, type EnsureOptions } from './bootstrap.js';
export { BootstrapError, type BootstrapErrorCode, type BootstrapErrorOptions } from './bootstrap-error.js';
export type { BootstrapOptions, LocatedBinary } from './bootstrap-options.js';
export type { HttpClientOptions } from './download/http-client.js';
export { type Environment, programVersion, type RunProgram } from './layout/check-program.js';
export { type FoundBinary, findBinaries, resolveBinary } from './layout/find-binaries.js';
export type { KnownPlace, PlaceSources } from './layout/known-places.js';
export { isPlatform, isSupported, PLATFORM_NAMES, type Platform, platformOf } from './platform.js';
export type { BootstrapProgress } from './progress.js';
