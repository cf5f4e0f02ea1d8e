/**
 * What Ollama's clients ask before they go on with `/v1/chat/completions`: its version, which models there are, and what
 * one can do. Ollama's own chat is not served; whoever asks for it is told where to ask.
 */
import { createHash } from 'node:crypto';
import { type Channel, findModel, GatewayError, type ModelInfo } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { ErrorEnvelope } from '../../wire/index.js';
import { allowedModels } from '../access/model-filter.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';
import { contextTokens } from './model-shapes.js';

export interface OllamaRoutesOptions {
  readonly channel: Channel;
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
  /** Milliseconds since the epoch, told as every model's date. */
  readonly createdAt: number;
}

/** The API that is spoken, not this program: clients refuse servers below a version. */
const API_VERSION = '0.13.0';
const FAMILY = 'lingma';

export function ollamaRoutes({ channel, readBody, createdAt }: OllamaRoutesOptions): readonly Route[] {
  const modified = new Date(createdAt).toISOString();
  return [
    {
      name: 'ollama-version',
      method: 'GET',
      path: '/api/version',
      ...OLLAMA,
      access: 'open',
      handle: async () => respondJson({ version: API_VERSION }),
    },
    {
      name: 'ollama-tags',
      method: 'GET',
      path: '/api/tags',
      ...OLLAMA,
      async handle(context) {
        const all = allowedModels(await channel.listModels(context), context.principal);
        const models = all.filter(({ aliasOf }) => aliasOf === undefined);
        return respondJson({ models: models.map((model) => tag(model, modified)) });
      },
    },
    {
      name: 'ollama-show',
      method: 'POST',
      path: '/api/show',
      ...OLLAMA,
      async handle(context) {
        const name = readName(await readBody(context));
        const model = findModel(allowedModels(await channel.listModels(context), context.principal), name);
        if (model !== undefined) return respondJson(show(model, modified));
        throw new GatewayError('model_not_found', `model '${name.slice(0, 200)}' not found`);
      },
    },
    ...['/api/chat', '/api/generate', '/api/embed', '/api/embeddings'].map((path) => notServed(path)),
  ];
}

function notServed(path: string): Route {
  return {
    name: 'ollama-not-served',
    method: 'POST',
    path,
    ...OLLAMA,
    async handle() {
      const message = `${path} is not served here; use the OpenAI API at /v1/chat/completions`;
      throw new GatewayError('not_found', message);
    },
  };
}

/** `{ error: text }` is all there is to it. */
function ollamaError(error: GatewayError, envelope: ErrorEnvelope): ErrorEnvelope {
  return { ...envelope, body: { error: error.message } };
}

function readName(body: JsonValue): string {
  const name = isJsonObject(body) ? (body.model ?? body.name) : undefined;
  if (typeof name === 'string' && name.trim() !== '') return name;
  throw new GatewayError('invalid_request', 'model is required', { param: 'model' });
}

const OLLAMA = { access: 'client', versioned: false, encodeError: ollamaError } as const;

const details = (): JsonObject => ({
  parent_model: '',
  format: '',
  family: FAMILY,
  families: [FAMILY],
  parameter_size: '',
  quantization_level: '',
});

function tag(model: ModelInfo, modified: string): JsonObject {
  return {
    name: model.id,
    model: model.id,
    modified_at: modified,
    size: 0,
    digest: createHash('sha256').update(model.id).digest('hex'),
    details: details(),
  };
}

function show(model: ModelInfo, modified: string): JsonObject {
  return {
    license: '',
    modelfile: '',
    parameters: '',
    template: '',
    details: details(),
    model_info: {
      'general.architecture': FAMILY,
      'general.basename': model.displayName,
      [`${FAMILY}.context_length`]: contextTokens(model),
    },
    capabilities: [
      'completion',
      'tools',
      ...(model.supportsImages ? ['vision'] : []),
      ...(model.supportsReasoning ? ['thinking'] : []),
    ],
    modified_at: modified,
  };
}
