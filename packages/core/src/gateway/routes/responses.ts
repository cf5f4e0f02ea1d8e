/** The Responses routes: asking, counting, compacting, and reading or deleting what was stored. Each caller sees its own responses only. */
import type { TokenCounterKind } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { ResponseStore } from '../../wire/index.js';
import { lateProtocols, responsesExchange } from '../../wire/light.js';
import type { RequestContext } from '../request-context.js';
import type { ReadChat } from '../respond/chat-pipeline.js';
import { countedPrompt } from '../respond/counted-prompt.js';
import { type ChatPipeline, respondChat } from '../respond/respond-chat.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export interface ResponsesRoutesOptions {
  readonly pipeline: ChatPipeline;
  readonly store: ResponseStore;
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
  readonly readChat: ReadChat;
  readonly tokenCounter: TokenCounterKind;
}

const protocol = 'openai-responses';
const { translator } = lateProtocols[protocol];

type Exchange = Awaited<ReturnType<typeof responsesExchange.load>>;

export function responsesRoutes({
  pipeline,
  store,
  readBody,
  readChat,
  tokenCounter,
}: ResponsesRoutesOptions): readonly Route[] {
  const stored = (
    method: Route['method'],
    path: string,
    answer: (principal: string, id: string, context: RequestContext, exchange: Exchange) => Promise<JsonObject>,
  ): Route => ({
    name: 'stored-response',
    method,
    path,
    protocol,
    access: 'client',
    async handle(context) {
      const exchange = responsesExchange.loaded ?? (await responsesExchange.load());
      return respondJson(await answer(context.principal.id, context.params.id as string, context, exchange));
    },
  });
  return [
    {
      name: protocol,
      method: 'POST',
      path: '/responses',
      protocol,
      access: 'client',
      handle: (context) =>
        respondChat(
          pipeline,
          async () => {
            const translated = translator.loaded ?? (await translator.load());
            const { body, read } = await readChat(context, translated);
            const { passThrough } = pipeline.channel;
            const model = isJsonObject(body) && typeof body.model === 'string' ? body.model : '';
            const mayPass = passThrough?.serves('responses', model) === true;
            const { openStoredExchange } = responsesExchange.loaded ?? (await responsesExchange.load());
            const opened = openStoredExchange({
              body,
              store,
              principal: context.principal.id,
              onStoreError: (cause) => context.logger.error('a response could not be stored', { cause }),
            });
            // What is not stored here may be where the request is handed on to.
            const exchange = await (mayPass ? opened.catch(() => undefined) : opened);
            if (exchange === undefined) return { body, read, protocol: translated, endpoint: 'responses' };
            const isStoredHere = isJsonObject(body) && typeof body.previous_response_id === 'string';
            return {
              body,
              read,
              protocol: exchange,
              beforeEnd: () => exchange.settled(),
              ...(mayPass && !isStoredHere && { endpoint: 'responses' as const }),
            };
          },
          context,
        ),
    },
    {
      name: 'responses-compact',
      method: 'POST',
      path: '/responses/compact',
      protocol,
      access: 'client',
      handle: (context) =>
        respondChat(
          pipeline,
          async () => {
            const body = await readBody(context);
            const { openCompactExchange } = responsesExchange.loaded ?? (await responsesExchange.load());
            return {
              body,
              protocol: await openCompactExchange({ body, store, principal: context.principal.id }),
            };
          },
          context,
        ),
    },
    {
      name: 'responses-input-tokens',
      method: 'POST',
      path: '/responses/input_tokens',
      protocol,
      access: 'client',
      async handle(context) {
        const body = await readBody(context);
        const { openStoredExchange } = responsesExchange.loaded ?? (await responsesExchange.load());
        const exchange = await openStoredExchange({ body, store, principal: context.principal.id });
        const parsed = exchange.parseRequest(body, context.request.headers);
        context.record.model = parsed.response.model;
        const { inputTokens, headers } = await countedPrompt(parsed.chat, tokenCounter);
        return respondJson({ object: 'response.input_tokens', input_tokens: inputTokens }, 200, headers);
      },
    },
    stored('GET', '/responses/:id', (principal, id, context, { retrieveResponse }) =>
      retrieveResponse(store, principal, id, context.request.url.searchParams),
    ),
    stored('DELETE', '/responses/:id', (principal, id, _, { deleteResponse }) => deleteResponse(store, principal, id)),
    stored('GET', '/responses/:id/input_items', (principal, id, context, { listInputItems }) =>
      listInputItems(store, principal, id, context.request.url.searchParams),
    ),
  ];
}
