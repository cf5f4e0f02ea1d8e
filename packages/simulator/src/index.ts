export { DEFAULT_MODELS, type SimulatedModel } from './model-catalog.js';
export type { Simulator, SimulatorAddress, SimulatorOptions } from './options.js';
export { PROFILE_NAMES, type ProfileName } from './profiles.js';
export { createSimulator } from './simulator.js';
export type { Dialect, PromptRecord, SimulatorStats, StopRecord } from './stats.js';
export { SWITCH_TABLE, type Switches, type SwitchName } from './switch-table.js';
export { TOOL_FORMATS, type ToolFormat } from './tool-format.js';
