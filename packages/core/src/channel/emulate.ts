/**
 * What tools and formats ask of a turn: told in the prompt, read out of the answer, and when a second try is due. Loaded with the
 * first request that has any (`load-emulation.ts`), and all of `tool-emulation` with it.
 */
import {
  type ChatEventStream,
  type ChatRequest,
  type ChatWarning,
  type EventStage,
  GatewayError,
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
  renderFormatContract,
  renderRepairInstruction,
  renderStricterInstruction,
  renderToolContract,
  schemaProblem,
} from '../tool-emulation/index.js';
import type { OfferedTools } from '../tool-emulation/light.js';
import { type SecondTryOptions, type Verdict, withSecondTry } from './retry-answer.js';

interface EmulationOptions {
  readonly request: ChatRequest;
  /** The last message. */
  readonly last: ChatRequest['messages'][number] | undefined;
  readonly offered: OfferedTools;
  /** Of a demanded call, twice. */
  readonly onMissedCall: 'error' | 'text';
  readonly counter: TokenCounter;
}

type Judgement = Pick<SecondTryOptions, 'judge' | 'hold'>;

/** When it is due, and the answer with it. */
export interface SecondTry extends Judgement {
  run(open: SecondTryOptions['open']): ChatEventStream;
}

interface Emulation {
  /** What the model is told of tools and format. */
  contracts(): readonly string[];
  createStage(onLeftOut?: () => void): EventStage;
  /** Of a schema that nothing can be held against. */
  readonly uncheckable: readonly ChatWarning[];
  readonly secondTry?: SecondTry | undefined;
}

/** @throws GatewayError `invalid_request` for a strict schema that cannot be checked */
export type Emulate = (options: EmulationOptions) => Emulation;

export const emulate: Emulate = ({ request, last, offered, onMissedCall, counter }) => {
  const { toolChoice, parallelToolCalls, responseFormat } = request;
  const { tools, isForced } = offered;
  const judgement = planSecondTry(request, last, tools, isForced, onMissedCall);
  return {
    contracts: () =>
      [
        renderToolContract(tools, { toolChoice, parallelToolCalls }),
        // An answer that has to be a call has no format of its own.
        isForced ? '' : renderFormatContract(responseFormat, { hasTools: tools.length > 0 }),
      ].filter((contract) => contract !== ''),
    createStage(onLeftOut) {
      const shown = (): readonly string[] => shownTexts(request.messages);
      return createToolEmulationStage({
        ...{ tools, toolChoice, parallelToolCalls, counter, shown },
        ...(onLeftOut !== undefined && { onLeftOut }),
      });
    },
    uncheckable: refuseUncheckable(responseFormat),
    secondTry: judgement && { ...judgement, run: (open) => withSecondTry({ ...judgement, open }) },
  };
};

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

function planSecondTry(
  request: ChatRequest,
  last: EmulationOptions['last'],
  tools: readonly ToolDefinition[],
  isForced: boolean,
  onMissedCall: EmulationOptions['onMissedCall'],
): Judgement | undefined {
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

/** A schema that nothing can be held against: refused where the caller counts on it, told where it was a wish. */
function refuseUncheckable(format: ChatRequest['responseFormat']): readonly ChatWarning[] {
  const message = schemaProblem(format);
  if (format.type !== 'json-schema' || message === undefined) return [];
  if (format.strict) throw new GatewayError('invalid_request', message);
  return [
    { type: 'unsupported-setting', subject: 'schema', message: `${message}; the answer is checked as JSON alone` },
  ];
}
