/** Which model answers. */
import * as z from 'zod';
import { choice, setting } from '../setting.js';

export const modelsSection = {
  defaultModel: setting(z.string().min(1).optional(), {
    env: ['LINGMA_GATEWAY_MODEL', 'LINGMA_PROXY_MODEL', 'DEFAULT_MODEL'],
    flag: { name: 'model', valueHint: 'name' },
    doc: 'Model for requests that name none, or one that Lingma does not have. An id or a display name, in any case.',
    defaultDoc: "Lingma's own default",
  }),
  aliases: setting(z.record(z.string().min(1), z.string().min(1)).default({}), {
    env: ['LINGMA_GATEWAY_MODEL_ALIASES'],
    flag: { name: 'model-aliases', valueHint: 'name=model,…' },
    doc: 'Further model names and what they stand for.',
    hint: 'pairs such as gpt-4o=qwen3-coder, separated by commas',
  }),
  unknown: setting(choice(['fallback', 'error']).optional(), {
    env: ['LINGMA_GATEWAY_UNKNOWN_MODELS'],
    flag: 'unknown-models',
    doc: "What becomes of a model that nobody has. `fallback`: Lingma's default answers. `error`: 404.",
    defaultDoc: '`fallback`; with channels beside Lingma `error`',
  }),
  listAliases: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_LIST_ALIASES'],
    flag: 'list-aliases',
    doc: 'Whether OpenAI clients also see the `claude-*` names that stand for the default model. Anthropic clients always do.',
  }),
  tokenCounter: setting(choice(['estimate', 'vocabulary']).default('estimate'), {
    env: ['LINGMA_GATEWAY_TOKEN_COUNTER'],
    flag: 'token-counter',
    doc: "What tokens are counted with where Lingma reports none. `estimate`: by kinds of characters, mostly within 5 % of OpenAI's o200k. `vocabulary`: o200k itself, for some 70 MB of memory and more time.",
  }),
};
