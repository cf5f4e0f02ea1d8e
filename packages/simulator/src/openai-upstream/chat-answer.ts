/** A chat completion, whole or in chunks, with the members that such servers send. */
import type { JsonObject } from '../json-object.js';
import { type AnswerScript, pieces } from './answer-script.js';

export const CREATED = 1_700_000_000;

interface AnswerOptions {
  readonly id: string;
  readonly model: string;
  /** Members of the request that are answered in kind. */
  readonly body: JsonObject;
  readonly tellsUsage: boolean;
}

export function wholeChat(script: AnswerScript, { id, model, body, tellsUsage }: AnswerOptions): JsonObject {
  const message = {
    role: 'assistant',
    content: script.text === '' && script.tools.length > 0 ? null : script.text,
    ...(script.reasoning !== '' && { reasoning_content: script.reasoning }),
    ...(script.tools.length > 0 && {
      tool_calls: script.tools.map((call, index) => ({ id: `call_${id}_${index}`, type: 'function', function: call })),
    }),
  };
  const count = typeof body.n === 'number' ? body.n : 1;
  return {
    id,
    object: 'chat.completion',
    created: CREATED,
    model,
    system_fingerprint: 'fp_sim',
    choices: Array.from({ length: count }, (_, index) => ({
      index,
      message,
      ...(body.logprobs === true && { logprobs: { content: [{ token: 'a', logprob: -0.25, bytes: [97] }] } }),
      finish_reason: script.finish,
    })),
    ...(tellsUsage && { usage: usageOf(script) }),
    x_unknown: { kept: 1.5 },
  };
}

/** Each as the JSON of one event. */
export function chatChunks(script: AnswerScript, { id, model, body, tellsUsage }: AnswerOptions): readonly string[] {
  const asked = body.stream_options as JsonObject | undefined;
  const wantsUsage = tellsUsage && asked?.include_usage === true;
  const chunk = (delta: JsonObject, finish: string | null = null): string =>
    JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      created: CREATED,
      model,
      system_fingerprint: 'fp_sim',
      choices: [{ index: 0, delta, ...(body.logprobs === true && { logprobs: null }), finish_reason: finish }],
      ...(wantsUsage && { usage: null }),
      x_unknown: 'kept',
    });
  const calls = script.tools.flatMap((call, index) => [
    chunk({
      tool_calls: [
        { index, id: `call_${id}_${index}`, type: 'function', function: { name: call.name, arguments: '' } },
      ],
    }),
    ...pieces(call.arguments, 2).map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
  ]);
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(script.reasoning, 2).map((text) => chunk({ reasoning_content: text })),
    ...pieces(script.text, script.chunks).map((text) => chunk({ content: text })),
    ...calls,
    chunk({}, script.finish),
    ...(wantsUsage
      ? [
          JSON.stringify({
            id,
            object: 'chat.completion.chunk',
            created: CREATED,
            model,
            choices: [],
            usage: usageOf(script),
          }),
        ]
      : []),
  ];
}

export const usageOf = ({ usage, reasoning }: AnswerScript): JsonObject => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  prompt_tokens_details: { cached_tokens: 0 },
  ...(reasoning !== '' && { completion_tokens_details: { reasoning_tokens: 1 } }),
});
