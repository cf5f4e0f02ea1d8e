/** Lingma's own tools, run on this machine. */
export type { EnvSource } from './command-env.js';
export { createHostTools, type HostToolsOptions } from './host-tools.js';
