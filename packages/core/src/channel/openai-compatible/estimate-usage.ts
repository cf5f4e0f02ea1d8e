/** What a request that was handed on has cost, where its upstream does not say: by its texts, so that a quota counts all the same. Pure. */
import { estimatingCounter, type Usage } from '../../chat/index.js';
import { findMembers, isJsonObject, type JsonValue } from '../../util/index.js';

/** What is said to a model; all else steers it. */
const PROMPTS: readonly string[] = ['messages', 'prompt', 'input', 'tools'];
/** Pictures and recordings are not counted by their letters. */
const MEDIA = /[A-Za-z0-9+/=_-]{512,}/g;

export function estimatePrompt(requestText: string): number {
  return findMembers(requestText, PROMPTS, true).reduce(
    (sum, { valueStart, end }) => sum + estimatingCounter.count(requestText.slice(valueStart, end).replace(MEDIA, ' ')),
    0,
  );
}

/** Of an answer in one piece. `choices` as chat and the older completions have them. */
export function estimateUsage(requestText: string, choices: JsonValue | undefined): Usage {
  const said = Array.isArray(choices) ? (choices as readonly JsonValue[]).map(textOf).join('\n') : '';
  return {
    inputTokens: estimatePrompt(requestText),
    outputTokens: estimatingCounter.count(said),
    origin: 'estimated',
  };
}

function textOf(choice: JsonValue): string {
  if (!isJsonObject(choice)) return '';
  const { text, message } = choice;
  if (typeof text === 'string') return text;
  if (!isJsonObject(message)) return '';
  const { content, reasoning_content: thought, tool_calls: calls } = message;
  const parts = [thought, content].map((part) =>
    typeof part === 'string' ? part : part == null ? '' : JSON.stringify(part),
  );
  return [...parts, calls == null ? '' : JSON.stringify(calls)].join('');
}
