/** `GET /v1/models` and `/v1/models/{id}`, in the shape of whoever asks. */
import { type Channel, findModel, GatewayError, type ModelInfo } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { allowedModels } from '../access/model-filter.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';
import { codexModels } from './codex-models.js';
import { anthropicModel, openaiModel } from './model-shapes.js';

export interface ModelRoutesOptions {
  readonly channel: Channel;
  /** Whether names that merely stand for another model are listed to OpenAI clients too. Anthropic clients always see them. */
  readonly listAliases: boolean;
  /** Milliseconds since the epoch, told as every model's date: Lingma has none. */
  readonly createdAt: number;
}

export function modelRoutes({ channel, listAliases, createdAt }: ModelRoutesOptions): readonly Route[] {
  const isAnthropic = (context: RequestContext): boolean => context.protocol.name === 'anthropic-messages';
  const encode = (model: ModelInfo, context: RequestContext): JsonObject =>
    isAnthropic(context) ? anthropicModel(model, createdAt) : openaiModel(model, createdAt);
  return [
    {
      name: 'models',
      method: 'GET',
      path: '/models',
      access: 'client',
      async handle(context) {
        const all = allowedModels(await channel.listModels(context), context.principal);
        if (isAnthropic(context)) return respondJson(anthropicPage(all, createdAt, context.request.url.searchParams));
        const shown = all.filter((model) => listAliases || model.aliasOf === undefined);
        const query = context.request.url.searchParams;
        const listed = shown.slice(0, readLimit(query) ?? shown.length);
        return respondJson({
          object: 'list',
          data: listed.map((model) => encode(model, context)),
          ...(query.has('client_version') && { models: codexModels(listed) }),
        });
      },
    },
    {
      name: 'model',
      method: 'GET',
      path: '/models/:id+',
      access: 'client',
      async handle(context) {
        const wanted = context.params.id as string;
        const model = findModel(allowedModels(await channel.listModels(context), context.principal), wanted);
        if (model === undefined) {
          throw new GatewayError('model_not_found', `The model '${wanted.slice(0, 200)}' does not exist`);
        }
        return respondJson(encode(model, context));
      },
    },
  ];
}

function anthropicPage(all: readonly ModelInfo[], createdAt: number, query: URLSearchParams): JsonObject {
  const limit = readLimit(query) ?? 20;
  const after = findCursor(all, query, 'after_id');
  const before = findCursor(all, query, 'before_id');
  const end = before < 0 ? all.length : before;
  // Counted from the cursor: forwards after one, backwards before one.
  const start = before < 0 ? after + 1 : Math.max(0, end - limit);
  const page = all.slice(start, Math.min(end, start + limit));
  return {
    data: page.map((model) => anthropicModel(model, createdAt)),
    has_more: before < 0 ? start + page.length < end : start > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

/** -1 where none is given. */
function findCursor(all: readonly ModelInfo[], query: URLSearchParams, name: string): number {
  const cursor = query.get(name);
  if (cursor === null || cursor === '') return -1;
  const index = all.findIndex(({ id }) => id === cursor);
  if (index >= 0) return index;
  throw new GatewayError('invalid_request', `${name}: there is no such model`, { param: name });
}

function readLimit(query: URLSearchParams): number | undefined {
  const text = query.get('limit');
  if (text === null || text === '') return undefined;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new GatewayError('invalid_request', 'limit must be a whole number above 0', { param: 'limit' });
  }
  return Math.min(limit, 1_000);
}
