export { isAttribution, withoutAttribution } from './attribution.js';
export type {
  CallContext,
  Channel,
  ChannelInstance,
  ChannelStatus,
  ModelInfo,
  PassThrough,
  RawAnswer,
  RepeatReason,
  TurnReport,
} from './channel.js';
export { chooseModel, findModel, type ModelChoice, type ModelChooser } from './choose-model.js';
export { completeContext } from './complete-context.js';
export {
  type ConversationReading,
  type KnownBeginning,
  readingOf,
  withReading,
} from './conversation-reading.js';
export { countMessageTokens, countPromptTokens, countTermTokens } from './count-prompt-tokens.js';
export { type CountedStartParts, countedStart } from './counted-start.js';
export {
  abortReason,
  ERROR_TABLE,
  type ErrorCode,
  type ErrorRow,
  GatewayError,
  type GatewayErrorOptions,
  toGatewayError,
} from './error.js';
export type {
  BlockEvent,
  ChatEvent,
  FinishReason,
  ResponseEnd,
  ResponseStart,
  ToolInputStart,
  ToolResultEvent,
  Usage,
} from './event.js';
export { type EmitEvent, type EventStage, withStages } from './event-stage.js';
export { type ChatEventFlow, type ChatEventSink, type ChatEventStream, eventStream } from './event-stream.js';
export { checkGrammar } from './grammar.js';
export { perTool } from './intern-tool.js';
export { type LateModule, lateModule, loadModule } from './load-module.js';
export { leftOutWarning, mediaMark } from './media-mark.js';
export { asksForAnyModel, isForeignName, modelNames } from './model-name.js';
export type {
  Endpoint,
  RawEnd,
  RawPiece,
  RawRequest,
  RawSink,
  RawStream,
} from './pass-through.js';
export { pullStream, toEventStream } from './pull-stream.js';
export type {
  AssistantPart,
  ChatMessage,
  ChatRequest,
  ChatWarning,
  ConversationHints,
  MediaPart,
  MediaSource,
  ReasoningOptions,
  ReasoningPart,
  ResponseFormat,
  SamplingOptions,
  SessionMode,
  TextPart,
  ToolCallPart,
  ToolChoice,
  ToolDefinition,
  ToolKind,
  ToolResultPart,
  UserPart,
} from './request.js';
export { type ChatResult, collectResult, type ResultBlock, ResultCollector, textOf } from './result.js';
export { selectTokenCounter } from './select-token-counter.js';
export { type CallCount, settleFinish, settleFinishReason } from './settle-finish.js';
export type { TokenCounter, TokenCounterKind } from './token-counter.js';
export { estimatingCounter } from './token-estimator.js';
export { chosenTool, flatName, isNamed, type Named, qualifiedName, qualifiedNames, toolNamed } from './tool-name.js';
export type { TranscriptEntry } from './transcript.js';
export { countOutput, type OutputTokens, sumUsage, UsageMeter } from './usage-meter.js';
export { withWarnings } from './with-warnings.js';
