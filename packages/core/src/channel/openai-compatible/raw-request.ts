/** A request that is handed on: only what has to differ is changed in its text. */
import type { RawRequest } from '../../chat/index.js';
import {
  applyEdits,
  findMembers,
  formBoundary,
  isJsonObject,
  type JsonValue,
  parseJson,
  setFormField,
  type TextEdit,
} from '../../util/index.js';

export interface RawRequestOptions {
  /** What the upstream calls the model. */
  readonly model: string;
  /** Whether a stream's usage is asked for, whatever the caller wants. */
  readonly asksForUsage: boolean;
  readonly systemPrompt?: string | undefined;
}

/** Requests whose streams tell their usage when they are asked. */
const TELLS_USAGE: readonly RawRequest['endpoint'][] = ['chat', 'completions'];

export function rawRequestText({ text, endpoint, stream, form }: RawRequest, options: RawRequestOptions): string {
  if (form !== undefined) {
    const boundary = formBoundary(form);
    return boundary === undefined ? text : applyEdits(text, setFormField(text, boundary, 'model', options.model));
  }
  const members = findMembers(text, ['model', 'stream_options', 'messages'], true);
  const edits: TextEdit[] = [];
  const added: string[] = [];
  const models = members.filter(({ name }) => name === 'model');
  const model = JSON.stringify(options.model);
  for (const { valueStart, end } of models) {
    if (text.slice(valueStart, end) !== model) edits.push({ start: valueStart, end, text: model });
  }
  if (models.length === 0) added.push(`"model":${model}`);
  if (stream && options.asksForUsage && TELLS_USAGE.includes(endpoint)) {
    // Of names that repeat the last counts.
    const given = members.findLast(({ name }) => name === 'stream_options');
    if (given === undefined) added.push('"stream_options":{"include_usage":true}');
    else {
      const { valueStart, end } = given;
      edits.push({ start: valueStart, end, text: withUsage(text.slice(valueStart, end)) });
    }
  }
  const messages = members.findLast(({ name }) => name === 'messages');
  if (endpoint === 'chat' && options.systemPrompt !== undefined && messages !== undefined) {
    const start = messages.valueStart + 1;
    const message = JSON.stringify({ role: 'system', content: options.systemPrompt });
    const isEmpty = text.slice(start, messages.end).trim() === ']';
    if (text[messages.valueStart] === '[') edits.push({ start, end: start, text: isEmpty ? message : `${message},` });
  }
  if (added.length > 0) {
    const start = text.indexOf('{') + 1;
    const isEmpty = text.slice(start).trim() === '}';
    edits.push({ start, end: start, text: isEmpty ? added.join(',') : `${added.join(',')},` });
  }
  return applyEdits(text, edits);
}

function withUsage(written: string): string {
  let given: JsonValue = null;
  try {
    given = parseJson(written);
  } catch {
    // The body was parsed as a whole before.
  }
  return JSON.stringify({ ...(isJsonObject(given) ? given : {}), include_usage: true });
}
