/** Lingma's own tools, run on this machine. */
export { createHostTools, type HostToolsOptions } from './host-tools.js';
