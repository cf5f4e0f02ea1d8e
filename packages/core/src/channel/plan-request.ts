/**
 * What a request needs of a turn beyond its plain text: tools told in the prompt and read out of the answer, a format
 * that is checked, and when a second try is due. Decided here once, purely; the channel acts on it.
 */
import {
  type ChatRequest,
  type ChatWarning,
  type EventStage,
  GatewayError,
  leftOutWarning,
  type TokenCounter,
  type ToolDefinition,
  textOf,
  type UserPart,
} from '../chat/index.js';
import {
  checkFormat,
  claimsNoTools,
  createToolEmulationStage,
  meetsChoice,
  offerTools,
  renderFormatContract,
  renderRepairInstruction,
  renderStricterInstruction,
  renderToolContract,
} from '../tool-emulation/index.js';
import type { JsonObject } from '../util/index.js';
import { type ConversationTerms, termsOf } from './conversation/conversation-terms.js';
import { MessageHistory } from './conversation/message-history.js';
import { createTranscript, type Transcript } from './conversation/transcript.js';
import type { SecondTryOptions, Verdict } from './retry-answer.js';
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
  /** Without those of the transcript. */
  readonly warnings: readonly ChatWarning[];
  /** Whether there are any {@link TurnPlan.createStages}. */
  readonly hasStages: boolean;
  /**
   * Fresh ones for each try, in the order in which events pass. `onLeftOut`: something that the model wrote reaches nobody.
   */
  createStages(onLeftOut?: () => void): EventStage[];
  /** Absent: the answer stands as it comes. */
  readonly secondTry?: Pick<SecondTryOptions, 'judge' | 'hold'>;
}

/** @throws GatewayError `invalid_request` when the request's tools make no sense */
export function planTurn(request: ChatRequest, options: ToolOptions, counter: TokenCounter): TurnPlan {
  const { sampling, toolChoice, parallelToolCalls, responseFormat } = request;
  const { maxOutputTokens, stopSequences = [] } = sampling;
  const history = new MessageHistory(request);
  // Without tools of its own a request goes on with those that its messages show.
  const showsTools = request.tools.length > 0 || history.usedTools;
  const offered = offerTools(
    showsTools ? request : { tools: [], toolChoice, messages: history.rest },
    options.allowlist,
  );
  const hasTools = offered.tools.length > 0;
  const transcript = createTranscript(history, hasTools, () =>
    [
      renderToolContract(offered.tools, { toolChoice, parallelToolCalls }),
      // An answer that has to be a call has no format of its own.
      offered.isForced ? '' : renderFormatContract(responseFormat, { hasTools }),
    ].filter((contract) => contract !== ''),
  );
  const secondTry = planSecondTry(request, history.last, offered.tools, offered.isForced, options.onMissedCall);
  return {
    history,
    transcript,
    terms: termsOf(request, offered),
    tools: offered.tools,
    ...(options.forward !== false &&
      request.tools.length > 0 &&
      hasTools && { toolConfig: buildToolConfig(offered.tools, toolChoice) }),
    hasToolContext: options.forward !== false && history.usedTools,
    warnings: [...offered.warnings, ...unreadMedia(history)],
    hasStages: hasTools || maxOutputTokens !== undefined || stopSequences.length > 0,
    createStages(onLeftOut) {
      const stages: EventStage[] = [];
      if (maxOutputTokens !== undefined) stages.push(limitOutput(maxOutputTokens, counter));
      if (hasTools) {
        const shown = (): readonly string[] => shownTexts(request.messages);
        stages.push(
          createToolEmulationStage({
            ...{ tools: offered.tools, toolChoice, parallelToolCalls, counter, shown },
            ...(onLeftOut !== undefined && { onLeftOut }),
          }),
        );
      }
      if (stopSequences.length > 0) stages.push(stopAtSequence(stopSequences, counter));
      return stages;
    },
    ...(secondTry !== undefined && { secondTry }),
  };
}

/** What others wrote: results of tools, and documents. The user's own words may ask for the very call they hold. */
function shownTexts(messages: ChatRequest['messages']): readonly string[] {
  return messages.flatMap((message) => {
    switch (message.role) {
      case 'tool':
        return message.content.flatMap(({ output }) => textsOf(output));
      case 'user':
        return textsOf(message.content.filter((part) => part.type === 'text' && part.isDocument === true));
      default:
        return [];
    }
  });
}

const textsOf = (parts: readonly UserPart[]): readonly string[] =>
  parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));

/** Pictures have their own way; of the rest the model sees no more than a mark. */
const unreadMedia = (history: MessageHistory): readonly ChatWarning[] =>
  (['file', 'audio'] as const)
    .filter((type) => history.has(type))
    .map((type) => leftOutWarning(type, 'Only documents that are text can be read'));

function planSecondTry(
  request: ChatRequest,
  last: ChatRequest['messages'][number] | undefined,
  tools: readonly ToolDefinition[],
  isForced: boolean,
  onMissedCall: ToolOptions['onMissedCall'] = 'error',
): TurnPlan['secondTry'] {
  const { toolChoice, responseFormat } = request;
  const retryForTool = (): Verdict => ({ type: 'retry', instruction: renderStricterInstruction(tools, toolChoice) });
  if (isForced) {
    return {
      judge: (answer) => (meetsChoice(answer, toolChoice) ? { type: 'accept' } : retryForTool()),
      hold: () =>
        onMissedCall === 'text'
          ? { type: 'tool-emulation', subject: 'tool_choice', message: 'The model did not call the demanded tool' }
          : new GatewayError('output_mismatch', 'The model did not call the demanded tool, asked twice'),
    };
  }
  if (responseFormat.type !== 'text') {
    return {
      judge: async (answer) => {
        // A call is an answer of its own; a cut answer ends with its own finish reason.
        if (answer.finishReason !== 'stop') return { type: 'accept' };
        const check = await checkFormat(textOf(answer), responseFormat);
        return check.ok
          ? { type: 'accept', text: check.text }
          : { type: 'retry', instruction: renderRepairInstruction(check.problem) };
      },
      hold: () => new GatewayError('output_mismatch', 'The model did not answer in the demanded format, asked twice'),
    };
  }
  // Who has just been given a result knows of the tools; what it then can't do is something else.
  if (tools.length === 0 || last?.role === 'tool') return undefined;
  return { judge: (answer) => (claimsNoTools(answer) ? retryForTool() : { type: 'accept' }), hold: false };
}
