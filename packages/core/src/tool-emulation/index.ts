export { claimsNoTools, meetsChoice } from './prompt/judge-calls.js';
export { renderStricterInstruction, renderToolContract, type ToolContractOptions } from './prompt/tool-contract.js';
export { createToolEmulationStage, type ToolEmulationOptions } from './stage.js';
export {
  checkFormat,
  type FormatCheck,
  renderFormatContract,
  renderRepairInstruction,
  schemaProblem,
} from './structured-output/structured-output.js';
