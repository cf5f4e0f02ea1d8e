/**
 * The body of `POST /v1/completions`, with how far each field is served.
 * Source: `CreateCompletionRequest` of OpenAI's published OpenAPI description.
 */
import * as z from 'zod';
import { type FieldSection, type FieldSupport, field } from '../request/field-support.js';

const NO_SUCH_SETTING = 'The models behind the gateway have no such setting';

const ignored = (note: string, harmless: FieldSupport['harmless'] = []): FieldSupport => ({
  support: 'ignored',
  note,
  harmless,
});
const number = z.number().nullish();
const flag = z.boolean().nullish();
const text = z.string().nullish();
const anything = z.unknown().optional();

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
  messages: field(z.array(z.looseObject({ role: z.string() })).nullish(), {
    support: 'supported',
    note: 'As in Chat Completions, where `prompt` is absent',
  }),
  suffix: field(text, {
    support: 'emulated',
    note: 'The model is asked for what stands between prompt and suffix',
  }),
  echo: field(flag, { support: 'emulated', note: 'The prompt is put before the answer' }),
  n: field(z.int().min(1).nullish(), { support: 'emulated', note: 'One turn after the other, 32 answers at the most' }),
  best_of: field(z.int().nullish(), ignored('Nothing is known by which answers could be ranked', [1])),
  max_tokens: field(z.int().nullish(), {
    support: 'emulated',
    note: 'Enforced by the gateway; absent means no limit, `0` no answer',
  }),
  stop: field(z.union([z.string(), z.array(z.string())]).nullish(), {
    support: 'emulated',
    note: 'Enforced by the gateway',
  }),
  stream: field(flag, { support: 'supported' }),
  stream_options: field(completionStreamOptions.nullish(), { support: 'supported' }),
  logprobs: field(
    z.union([z.boolean(), z.number()]).nullish(),
    ignored('The models report no probabilities; `logprobs` is null', [false]),
  ),
  temperature: field(z.number().min(0).max(2).nullish(), ignored(NO_SUCH_SETTING, [1])),
  top_p: field(z.number().min(0).max(1).nullish(), ignored(NO_SUCH_SETTING, [1])),
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

export const FIELD_SECTIONS: readonly FieldSection[] = [{ title: 'Request', schema: completionRequest }];
