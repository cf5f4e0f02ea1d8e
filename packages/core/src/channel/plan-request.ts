/**
 * What a request needs of a turn beyond its plain text: tools told in the prompt and read out of the answer, a format
 * that is checked, and when a second try is due. Decided here once, purely; the channel acts on it.
 */
import {
  type ChatRequest,
  type ChatWarning,
  type EventStage,
  leftOutWarning,
  type TokenCounter,
  type ToolDefinition,
} from '../chat/index.js';
import { offerTools } from '../tool-emulation/light.js';
import type { JsonObject } from '../util/index.js';
import { type ConversationTerms, termsOf } from './conversation/conversation-terms.js';
import type { MessageHistory } from './conversation/message-history.js';
import { createTranscript, type Transcript } from './conversation/transcript.js';
import type { Emulate, SecondTry } from './emulate.js';
import { limitOutput } from './stages/limit-output.js';
import { stopAtSequence } from './stages/stop-at-sequence.js';
import { buildToolConfig } from './tool-config.js';

/** What becomes of the tools that callers bring. */
export interface ToolOptions {
  /** Hand the caller's tools to Lingma itself too, where its dialect takes them. Default true. */
  readonly forward?: boolean;
  /** Names of tools that may be offered to the model; empty, the default, means all. */
  readonly allowlist?: readonly string[];
  /** What the caller gets when a demanded call was missed twice: an error (the default), or the text that came instead. */
  readonly onMissedCall?: 'error' | 'text';
}

export interface TurnPlan {
  readonly history: MessageHistory;
  readonly transcript: Transcript;
  /** All that the model is told beside what was said: a session that was told something else is another conversation's. */
  readonly terms: ConversationTerms | undefined;
  readonly tools: readonly ToolDefinition[];
  readonly toolConfig?: JsonObject;
  /** Tools were used earlier in the conversation, offered now or not, and may be told to Lingma. */
  readonly hasToolContext: boolean;
  /** Of a schema that the answer cannot be held against. */
  readonly uncheckable: readonly ChatWarning[];
  /** Without those of the transcript. */
  readonly warnings: readonly ChatWarning[];
  /** Whether there are any {@link TurnPlan.createStages}. */
  readonly hasStages: boolean;
  /**
   * Fresh ones for each try, in the order in which events pass. `onLeftOut`: something that the model wrote reaches nobody.
   */
  createStages(onLeftOut?: () => void): EventStage[];
  /** Absent: the answer stands as it comes. */
  readonly secondTry?: SecondTry;
}

/** Whether {@link planTurn} wants `emulate`, which is loaded when it is. */
export const needsEmulation = ({ tools, responseFormat }: ChatRequest, history: MessageHistory): boolean =>
  tools.length > 0 || responseFormat.type !== 'text' || history.usedTools;

/**
 * @param history of the request
 * @param emulate given where {@link needsEmulation} says so
 * @throws GatewayError `invalid_request` when the request's tools make no sense
 */
export function planTurn(
  request: ChatRequest,
  history: MessageHistory,
  options: ToolOptions,
  counter: TokenCounter,
  emulate?: Emulate,
): TurnPlan {
  const { sampling, toolChoice } = request;
  const { maxOutputTokens, stopSequences = [] } = sampling;
  // Without tools of its own a request goes on with those that its messages show.
  const showsTools = request.tools.length > 0 || history.usedTools;
  const offered = offerTools(
    showsTools ? request : { tools: [], toolChoice, messages: history.rest },
    options.allowlist,
  );
  const hasTools = offered.tools.length > 0;
  const emulation = emulate?.({
    ...{ request, last: history.last, offered, counter },
    onMissedCall: options.onMissedCall ?? 'error',
  });
  const transcript = createTranscript(history, hasTools, () => emulation?.contracts() ?? []);
  const secondTry = emulation?.secondTry;
  return {
    history,
    transcript,
    terms: termsOf(request, offered),
    tools: offered.tools,
    ...(options.forward !== false &&
      request.tools.length > 0 &&
      hasTools && { toolConfig: buildToolConfig(offered.tools, toolChoice) }),
    hasToolContext: options.forward !== false && history.usedTools,
    uncheckable: emulation?.uncheckable ?? [],
    warnings: [...offered.warnings, ...unreadMedia(history)],
    hasStages: hasTools || maxOutputTokens !== undefined || stopSequences.length > 0,
    createStages(onLeftOut) {
      const stages: EventStage[] = [];
      if (maxOutputTokens !== undefined) stages.push(limitOutput(maxOutputTokens, counter));
      if (emulation !== undefined && hasTools) stages.push(emulation.createStage(onLeftOut));
      if (stopSequences.length > 0) stages.push(stopAtSequence(stopSequences, counter));
      return stages;
    },
    ...(secondTry !== undefined && { secondTry }),
  };
}

/** Pictures have their own way; of the rest the model sees no more than a mark. */
const unreadMedia = (history: MessageHistory): readonly ChatWarning[] =>
  (['file', 'audio'] as const)
    .filter((type) => history.has(type))
    .map((type) => leftOutWarning(type, 'Only documents that are text can be read'));
