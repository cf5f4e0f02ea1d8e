/** What an answer says: the `@sim` directive of the messages, or a friendly text. */
import { isJsonObject, type JsonObject } from '../json-object.js';
import type { Directive } from '../turn/directive.js';
import { selectDirective } from '../turn/select-directive.js';

export interface AnswerScript {
  readonly text: string;
  readonly reasoning: string;
  readonly tools: readonly { readonly name: string; readonly arguments: string }[];
  readonly chunks: number;
  readonly delayMs: number;
  readonly firstDelayMs: number;
  readonly finish: string;
  readonly usage: { readonly input: number; readonly output: number };
  readonly directive: Directive | undefined;
}

export function scriptOf(body: JsonObject): AnswerScript {
  const texts = textsOf(body);
  const directive = selectDirective(texts);
  const tools = (directive?.tools ?? []).map(({ name, input }) => ({ name, arguments: JSON.stringify(input) }));
  const text = directive?.echo === undefined ? (directive?.text ?? greeting(texts, directive)) : JSON.stringify(body);
  return {
    text: text.repeat(Math.max(1, directive?.repeat ?? 1)),
    reasoning: directive?.reasoning ?? '',
    tools,
    chunks: Math.max(1, directive?.chunks ?? 4),
    delayMs: directive?.delayMs ?? 0,
    firstDelayMs: directive?.firstDelayMs ?? 0,
    finish: tools.length > 0 ? 'tool_calls' : (directive?.finish ?? 'stop'),
    usage: directive?.usage ?? { input: 11, output: 7 },
    directive,
  };
}

const greeting = (texts: readonly string[], directive: Directive | undefined): string =>
  (directive?.tools?.length ?? 0) > 0 ? '' : `You said: ${texts.at(-1) ?? ''}`;

/** What was said, oldest first; results of tools as lines that `steps` count. */
function textsOf({ messages, prompt, input }: JsonObject): readonly string[] {
  if (Array.isArray(messages)) {
    return messages.filter(isJsonObject).map((message) => {
      const text = contentText(message.content);
      return message.role === 'tool' ? `Tool result ${text}` : text;
    });
  }
  const single = prompt ?? input;
  return [contentText(single)];
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part) =>
      isJsonObject(part) && typeof part.text === 'string' ? part.text : typeof part === 'string' ? part : '',
    )
    .join('\n');
}

/** In so many pieces, none empty. */
export function pieces(text: string, count: number): readonly string[] {
  const characters = [...text];
  const size = Math.max(1, Math.ceil(characters.length / count));
  const found: string[] = [];
  for (let at = 0; at < characters.length; at += size) found.push(characters.slice(at, at + size).join(''));
  return found;
}
