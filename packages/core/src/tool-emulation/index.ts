export { claimsNoTools, meetsChoice } from './judge-calls.js';
export { type OfferedTools, offerTools } from './offer-tools.js';
export { renderStricterInstruction, renderToolContract, type ToolContractOptions } from './prompt.js';
export { type FlatHistory, flattenToolHistory } from './render-history.js';
export {
  checkFormat,
  type FormatCheck,
  renderFormatContract,
  renderRepairInstruction,
  schemaProblem,
} from './structured-output.js';
export { createToolEmulationStage, type ToolEmulationOptions } from './transform.js';
