export { TOOL_FORMATS, type ToolFormat } from './dialect/tool-format.js';
export type { JsonObject } from './json-object.js';
export {
  createLoginSite,
  type LoginSite,
  type LoginSiteOptions,
  type LoginSiteOrigins,
} from './login-site/login-site.js';
export { SMS_CODE } from './login-site/routes.js';
export type { SiteRequest } from './login-site/traffic.js';
export {
  LOGIN_BEHAVIOURS,
  type LoginBehaviour,
  type LoginOrganisation,
  type LoginSiteUser,
  type TypedText,
} from './login-site/users.js';
export {
  createOpenAiUpstream,
  type OpenAiUpstream,
  type OpenAiUpstreamOptions,
} from './openai-upstream/openai-upstream.js';
export type { PlayedTurn } from './openai-upstream/played-turn.js';
export type { UpstreamCall } from './openai-upstream/stream-answer.js';
export { ERROR_FORMS, type ErrorForm, type UpstreamFault } from './openai-upstream/upstream-faults.js';
export type { Simulator, SimulatorAddress, SimulatorOptions } from './options.js';
export { DEFAULT_MODELS, type SimulatedModel } from './process/model-catalog.js';
export { PROFILE_NAMES, type ProfileName } from './process/profiles.js';
export type { Dialect, PromptRecord, SimulatorStats, StopRecord } from './process/stats.js';
export {
  type BooleanSwitch,
  type ChoiceSwitch,
  type IntegerSwitch,
  type StringSwitch,
  SWITCH_TABLE,
  type Switches,
  type SwitchName,
  type ValueOf,
} from './process/switch-table.js';
export { createSimulator } from './simulator.js';
export { type BigVsixOptions, writeBigVsix } from './store/big-vsix.js';
export type { StoreVersionFacts } from './store/gallery-answer.js';
export { makeVsix, ownPlatform, VSIX_VARIANTS, type VsixOptions, type VsixVariant } from './store/vsix.js';
export { createVsixStore, type StoreBehaviour, type StoreRequest, type VsixStore } from './store/vsix-store.js';
export { writeZip, type ZipMember, type ZipOptions } from './store/zip-writer.js';
export { END_FAULTS, type EndFault, WIRE_FAULTS, type WireFault } from './turn/wire-fault.js';
