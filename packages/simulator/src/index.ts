export { TOOL_FORMATS, type ToolFormat } from './dialect/tool-format.js';
export {
  createOpenAiUpstream,
  type OpenAiUpstream,
  type OpenAiUpstreamOptions,
} from './openai-upstream/openai-upstream.js';
export type { UpstreamCall } from './openai-upstream/stream-answer.js';
export { ERROR_FORMS, type ErrorForm, type UpstreamFault } from './openai-upstream/upstream-faults.js';
export type { Simulator, SimulatorAddress, SimulatorOptions } from './options.js';
export { DEFAULT_MODELS, type SimulatedModel } from './process/model-catalog.js';
export { PROFILE_NAMES, type ProfileName } from './process/profiles.js';
export type { Dialect, PromptRecord, SimulatorStats, StopRecord } from './process/stats.js';
export { SWITCH_TABLE, type Switches, type SwitchName } from './process/switch-table.js';
export { createSimulator } from './simulator.js';
export { END_FAULTS, type EndFault, WIRE_FAULTS, type WireFault } from './turn/wire-fault.js';
