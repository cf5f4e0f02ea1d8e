/**
 * A conversation with tools as the model without tools sees it: earlier calls in the form that the contract asks for,
 * each group followed directly by its results, whatever order and shape they came in. Every call is answered exactly
 * once.
 */
import {
  type ChatMessage,
  type ChatWarning,
  type MediaPart,
  mediaMark,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type TranscriptEntry,
} from '../../chat/index.js';
import { isJsonObject, parseExactJson, toOneLine } from '../../util/index.js';
import { toLineJson } from '../json/line-json.js';
import { type PairedResult, pairResults } from './pair-results.js';
import { quoteCalls } from './quote-calls.js';
import { quoteResultLines } from './quote-result-lines.js';

export interface FlatHistory {
  readonly entries: readonly TranscriptEntry[];
  readonly warnings: readonly ChatWarning[];
}

export interface FlattenOptions {
  /** The model is told of tools, so that lines of others that look like results must be marked. Default false. */
  readonly hasTools?: boolean;
}

/** Thoughts stay out, media leave a mark, empty messages are dropped. */
export function flattenToolHistory(
  messages: readonly ChatMessage[],
  { hasTools = false }: FlattenOptions = {},
): FlatHistory {
  const { results, orphans } = pairResults(messages);
  const stray = new Set(orphans);
  const isQuoted = hasTools || results.size > 0 || orphans.length > 0 || hasCalls(messages);
  /** Where there is more than one message, lines that begin a result are ours alone. */
  const isTranscript = isQuoted || messages.length > 1;
  /** The caller's own instructions may show calls. */
  const quoteOwn = (text: string): string => (isTranscript ? quoteResultLines(text) : text);
  const quote = (text: string): string => (isQuoted ? quoteShown(text) : quoteOwn(text));
  const entries: TranscriptEntry[] = [];
  let said: string[] = [];
  let calls: ToolCallPart[] = [];
  /** Results stood behind the last calls: what the assistant does next, it does knowing them. */
  let isAnswered = false;

  /** Ends a run of assistant messages: what was said and called, then the results. */
  const settle = (): void => {
    if (said.length > 0) entries.push({ role: 'assistant', text: said.join('\n\n') });
    if (calls.length > 0) {
      entries.push({ role: 'user', text: calls.map((call) => renderResult(call, results.get(call))).join('\n\n') });
    }
    said = [];
    calls = [];
    isAnswered = false;
  };
  const say = (texts: readonly string[]): void => {
    const text = texts.join('');
    if (text.trim() !== '') said.push(quote(text));
  };

  for (const message of messages) {
    switch (message.role) {
      case 'assistant': {
        let texts: string[] = [];
        /** Calls of an earlier message wait for their results to be written. */
        let isBehindCalls = calls.length > 0;
        for (const part of message.content) {
          if (part.type === 'reasoning') continue;
          const follows = part.type === 'text' ? part.text.trim() !== '' : isAnswered;
          if (isBehindCalls && follows) {
            settle();
            isBehindCalls = false;
          }
          if (part.type === 'text') {
            texts.push(part.text);
            continue;
          }
          say(texts);
          texts = [];
          said.push(renderCall(part));
          calls.push(part);
        }
        say(texts);
        break;
      }
      case 'tool':
        // Placed behind its call.
        if (calls.length > 0) isAnswered = true;
        for (const result of message.content) {
          if (!stray.has(result)) continue;
          settle();
          entries.push({ role: 'user', text: renderStray(result), isForeign: true });
        }
        break;
      case 'system':
      case 'user': {
        const text = message.role === 'system' ? message.content : joinParts(message.content);
        if (text.trim() === '') break;
        settle();
        if (message.role === 'system') entries.push({ role: 'system', text: quoteOwn(text) });
        else
          entries.push({ role: 'user', text: quote(text), ...(hasDocument(message.content) && { isForeign: true }) });
        break;
      }
    }
  }
  settle();
  return { entries, warnings: orphans.map(orphanWarning) };
}

/** Neither a result nor a call may be read in what others say. */
const quoteShown = (text: string): string => quoteCalls(quoteResultLines(text));

const hasCalls = (messages: readonly ChatMessage[]): boolean =>
  messages.some(({ role, content }) => role === 'assistant' && content.some(({ type }) => type === 'tool-call'));

const hasDocument = (parts: readonly (TextPart | MediaPart)[]): boolean =>
  parts.some((part) => part.type === 'text' && part.isDocument === true);

/** An id or a name in a heading of ours: on one line, and without the marks of chat templates. */
const label = (text: string): string => toOneLine(text).replace(/[<>|\uff5c]/g, '_');

const orphanWarning = ({ toolCallId }: ToolResultPart): ChatWarning => ({
  type: 'tool-emulation',
  subject: `tool result ${toOneLine(toolCallId)}`,
  message: 'The result belongs to no call of this conversation; its text is kept',
});

function renderCall(call: ToolCallPart): string {
  const tool = call.namespace === undefined ? call.toolName : `${call.namespace}.${call.toolName}`;
  const parameters = call.kind === 'custom' ? call.input : inputObject(call.input);
  return `\`\`\`json action\n{"tool": ${toLineJson(tool)}, "parameters": ${toLineJson(parameters)}}\n\`\`\``;
}

/** The input's object; what is none (cut, or never valid) is shown as the string it is. */
function inputObject(input: string): unknown {
  if (input.trim() === '') return {};
  try {
    const value: unknown = parseExactJson(input);
    return isJsonObject(value) ? value : { input: value };
  } catch {
    return input;
  }
}

/** Counted by its first line, so an answered call and only that has a line that begins so. */
function renderResult(call: ToolCallPart, result: PairedResult | undefined): string {
  const [id, name] = [label(call.toolCallId), label(call.toolName)];
  if (result === undefined) return `(There is no result for the call ${id} of ${name}.)`;
  const text = quoteShown(joinParts(result.output));
  const mark = result.isError ? `${name}, failed` : name;
  return `Tool result for ${id} (${mark}):\n${text.trim() === '' ? '(empty)' : text}`;
}

/** Of a call that the client no longer tells of: what it brought is all there is. */
function renderStray({ toolCallId, output, isError }: ToolResultPart): string {
  const text = quoteShown(joinParts(output));
  const mark = isError ? 'failed; the call is not shown' : 'the call is not shown';
  return `Tool result for ${label(toolCallId)} (${mark}):\n${text.trim() === '' ? '(empty)' : text}`;
}

const joinParts = (parts: readonly (TextPart | MediaPart)[]): string =>
  parts.map((part) => (part.type === 'text' ? part.text : mediaMark(part.type, part.filename))).join('\n');
