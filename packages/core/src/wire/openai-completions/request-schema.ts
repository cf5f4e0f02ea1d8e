/**
 * The body of `POST /v1/completions`, with how far each field is served.
 * Source: `CreateCompletionRequest` of OpenAI's published OpenAPI description.
 */
import * as z from 'zod/mini';
import { type FieldSection, type FieldSupport, field } from '../request/field-support.js';

const NO_SUCH_SETTING = 'The models behind the gateway have no such setting';

const ignored = (note: string, harmless: FieldSupport['harmless'] = []): FieldSupport => ({
  support: 'ignored',
  note,
  harmless,
});
const number = z.nullish(z.number());
const flag = z.nullish(z.boolean());
const text = z.nullish(z.string());
const anything = z.optional(z.unknown());

export const completionStreamOptions = z.looseObject({
  include_usage: field(flag, { support: 'supported' }),
  include_obfuscation: field(flag, { support: 'accepted' }),
});

export const completionRequest = z.looseObject({
  model: field(text, { support: 'supported', note: 'Unknown names mean the default model' }),
  prompt: field(anything, {
    support: 'supported',
    note: 'Text or a list of texts, each answered by a turn of its own; token ids are refused',
  }),
  messages: field(z.nullish(z.array(z.looseObject({ role: z.string() }))), {
    support: 'supported',
    note: 'As in Chat Completions, where `prompt` is absent',
  }),
  suffix: field(text, {
    support: 'emulated',
    note: 'The model is asked for what stands between prompt and suffix',
  }),
  echo: field(flag, { support: 'emulated', note: 'The prompt is put before the answer' }),
  n: field(z.nullish(z.int().check(z.gte(1))), {
    support: 'emulated',
    note: 'One turn after the other, 32 answers at the most',
  }),
  best_of: field(z.nullish(z.int()), ignored('Nothing is known by which answers could be ranked', [1])),
  max_tokens: field(z.nullish(z.int()), {
    support: 'emulated',
    note: 'Enforced by the gateway; absent means no limit, `0` no answer',
  }),
  stop: field(z.nullish(z.union([z.string(), z.array(z.string())])), {
    support: 'emulated',
    note: 'Enforced by the gateway',
  }),
  stream: field(flag, { support: 'supported' }),
  stream_options: field(z.nullish(completionStreamOptions), { support: 'supported' }),
  logprobs: field(
    z.nullish(z.union([z.boolean(), z.number()])),
    ignored('The models report no probabilities; `logprobs` is null', [false]),
  ),
  temperature: field(z.nullish(z.number().check(z.gte(0), z.lte(2))), ignored(NO_SUCH_SETTING, [1])),
  top_p: field(z.nullish(z.number().check(z.gte(0), z.lte(1))), ignored(NO_SUCH_SETTING, [1])),
  top_k: field(number, ignored(NO_SUCH_SETTING)),
  min_p: field(number, ignored(NO_SUCH_SETTING, [0])),
  frequency_penalty: field(number, ignored(NO_SUCH_SETTING, [0])),
  presence_penalty: field(number, ignored(NO_SUCH_SETTING, [0])),
  repetition_penalty: field(number, ignored(NO_SUCH_SETTING, [1])),
  logit_bias: field(anything, ignored(NO_SUCH_SETTING)),
  seed: field(anything, ignored(NO_SUCH_SETTING)),
  user: field(text, { support: 'accepted', note: 'Says which requests belong together' }),
});

export type CompletionRequest = z.infer<typeof completionRequest>;

/** The fields of a request, and how far each is served: what the documentation is made of. */
export const FIELD_SECTIONS: readonly FieldSection[] = [{ title: 'Request', schema: completionRequest }];
