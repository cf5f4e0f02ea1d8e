/**
 * The body of a completion request → one `ChatRequest` for each choice. A chat model has no notion of a bare text to go
 * on with, so a prompt is what its user says; with a suffix it is told what to fill in.
 */
import type { ChatMessage, ChatRequest, ChatWarning } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { parseMessages } from '../openai-chat/parse-messages.js';
import type { ResponseOptions } from '../protocol.js';
import { conversationHints } from '../request/conversation-hints.js';
import { invalidRequest, parseAt } from '../request/parse-schema.js';
import { RequestWarnings } from '../request/request-warnings.js';
import { checkFields } from '../request/unknown-fields.js';
import { type CompletionRequest, completionRequest, completionStreamOptions } from './request-schema.js';

/** Each is a turn of Lingma's, one after the other. */
const MAX_CHOICES = 32;

export interface CompletionChoice {
  readonly chat: ChatRequest;
  /** What goes before the answer; empty without `echo`. */
  readonly echo: string;
}

export interface ParsedCompletion {
  /** In the order of their indices: all of the first prompt, all of the second. */
  readonly choices: readonly CompletionChoice[];
  /** `max_tokens: 0`: the prompt is counted and echoed, no model is asked. */
  readonly withoutAnswer: boolean;
  readonly response: ResponseOptions;
  readonly warnings: readonly ChatWarning[];
}

/** @throws GatewayError `invalid_request`, `param` naming the field */
export function parseCompletion(value: unknown): ParsedCompletion {
  const body = parseAt(completionRequest, value, '');
  const warnings = new RequestWarnings();
  checkFields(body, completionRequest, '', warnings);
  if (body.stream_options) checkFields(body.stream_options, completionStreamOptions, 'stream_options', warnings);
  const n = body.n ?? 1;
  // Token ids are a list too, and have an error of their own.
  const texts = Array.isArray(body.prompt) && typeof body.prompt[0] === 'string' ? body.prompt.length : 1;
  if (texts * n > MAX_CHOICES) {
    const param = n > 1 ? 'n' : 'prompt';
    throw invalidRequest(param, `Invalid value for '${param}': at most ${MAX_CHOICES} choices in one request.`);
  }
  const prompts = readPrompts(body, warnings);
  const limit = parseLimit(body.max_tokens);
  const base = { ...chatSettings(body, limit), warnings: warnings.list };
  return {
    choices: prompts.flatMap(({ messages, text }) =>
      Array.from({ length: n }, () => ({ chat: { ...base, messages }, echo: body.echo === true ? text : '' })),
    ),
    withoutAnswer: limit === 0,
    response: {
      stream: body.stream === true,
      model: body.model ?? '',
      includeUsage: body.stream_options?.include_usage === true,
      // The protocol has no place for thoughts.
      reasoning: 'hidden',
      echo: {},
    },
    warnings: warnings.list,
  };
}

interface Prompt {
  readonly messages: readonly ChatMessage[];
  /** As the client wrote it. */
  readonly text: string;
}

function readPrompts(body: CompletionRequest, warnings: RequestWarnings): readonly Prompt[] {
  const { prompt, messages } = body;
  if (prompt === undefined || prompt === null) {
    if (messages === undefined || messages === null || messages.length === 0) {
      throw invalidRequest('prompt', "Missing required parameter: 'prompt'.");
    }
    return [{ messages: parseMessages(messages, warnings), text: '' }];
  }
  const list: readonly unknown[] = Array.isArray(prompt) ? prompt : [prompt];
  if (list.length === 0) {
    throw invalidRequest('prompt', "Invalid value for 'prompt': expected a text or a list of texts that is not empty.");
  }
  return list.map((text, index) => {
    const param = Array.isArray(prompt) ? `prompt[${index}]` : 'prompt';
    if (typeof text === 'number' || Array.isArray(text)) {
      throw invalidRequest('prompt', "'prompt' holds token ids, which only one model's tokenizer can read; send text.");
    }
    if (typeof text !== 'string') {
      throw invalidRequest(param, `Invalid value for '${param}': expected a string.`);
    }
    const suffix = body.suffix ?? '';
    if (text === '' && suffix === '') throw invalidRequest(param, `Invalid value for '${param}': the text is empty.`);
    return { messages: suffix === '' ? [user(text)] : fillIn(text, suffix), text };
  });
}

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });

function fillIn(before: string, after: string): readonly ChatMessage[] {
  const instruction = [
    'Fill the gap in a text. You are given what stands before the gap and what stands after it.',
    'Answer with the missing part alone, so that before + answer + after is the whole text.',
    'Repeat nothing of what is given, explain nothing, and put no code fence around the answer.',
  ].join(' ');
  const given = JSON.stringify({ before, after });
  return [{ role: 'system', content: instruction }, user(`The two parts, as JSON:\n${given}`)];
}

/** `-1` is how clients of local servers say "no limit". */
function parseLimit(value: number | null | undefined): number | undefined {
  if (value === null || value === undefined || value === -1) return undefined;
  if (value >= 0) return value;
  throw invalidRequest('max_tokens', `Invalid value for 'max_tokens': expected at least 0, but got ${value}.`);
}

function chatSettings(body: CompletionRequest, limit: number | undefined): Omit<ChatRequest, 'messages' | 'warnings'> {
  const stops = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []);
  const stopSequences = stops.filter((sequence) => sequence !== '');
  return {
    model: body.model ?? '',
    tools: [],
    toolChoice: { type: 'none' },
    parallelToolCalls: true,
    sampling: {
      ...(typeof body.temperature === 'number' && { temperature: body.temperature }),
      ...(typeof body.top_p === 'number' && { topP: body.top_p }),
      ...(limit !== undefined && limit > 0 && { maxOutputTokens: limit }),
      ...(stopSequences.length > 0 && { stopSequences }),
    },
    responseFormat: { type: 'text' },
    reasoning: { visible: false },
    conversation: conversationHints(body as JsonObject),
  };
}
