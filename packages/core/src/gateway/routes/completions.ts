/** `POST /v1/completions`: one turn for each choice, through the pipeline that all protocols share. */

import { emptyAnswer } from '../../channel/index.js';
import {
  type CallContext,
  type Channel,
  type ChatEvent,
  type ChatEventStream,
  type ChatRequest,
  countPromptTokens,
  GatewayError,
  pullStream,
  selectTokenCounter,
  type TokenCounterKind,
  toEventStream,
} from '../../chat/index.js';
import { type JsonValue, systemClock } from '../../util/index.js';
import type { CompletionExchange } from '../../wire/index.js';
import { completionExchange } from '../../wire/light.js';
import type { RequestContext } from '../request-context.js';
import { type ChatPipeline, respondChat } from '../respond/respond-chat.js';
import type { Route } from '../router.js';

export interface CompletionsRouteOptions {
  readonly pipeline: ChatPipeline;
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
  readonly tokenCounter: TokenCounterKind;
}

export function completionsRoute({ pipeline, readBody, tokenCounter }: CompletionsRouteOptions): Route {
  return {
    name: 'openai-completions',
    method: 'POST',
    path: '/completions',
    protocol: 'openai-chat',
    access: 'client',
    handle: (context) =>
      respondChat(
        pipeline,
        async () => {
          const body = await readBody(context);
          const { openCompletion } = completionExchange.loaded ?? (await completionExchange.load());
          const exchange = openCompletion(body);
          return {
            body,
            protocol: exchange,
            endpoint: 'completions',
            channel: allTurns(exchange, pipeline.channel, tokenCounter),
          };
        },
        context,
      ),
  };
}

/** A channel that answers the one request it is asked with every turn of the exchange, one after the other. */
function allTurns(exchange: CompletionExchange, channel: Channel, tokenCounter: TokenCounterKind): Channel {
  const open = (request: ChatRequest, call: CallContext): ChatEventStream =>
    exchange.withoutAnswer ? toEventStream(emptyTurn(request, tokenCounter)) : channel.streamChat(request, call);
  return {
    name: channel.name,
    listModels: (call) => channel.listModels(call),
    streamChat: (_request, call) => turnByTurn(exchange, (request) => open(request, call)),
  };
}

function turnByTurn(exchange: CompletionExchange, open: (request: ChatRequest) => ChatEventStream): ChatEventStream {
  const waiting = [...exchange.requests];
  let turn: ChatEventStream | undefined;
  let closed = false;
  const next = (): ChatEventStream | undefined => {
    const request = closed ? undefined : waiting.shift();
    return request === undefined ? undefined : open(request);
  };
  const read = async (): Promise<readonly ChatEvent[] | undefined> => {
    for (;;) {
      turn ??= next();
      if (turn === undefined) return undefined;
      const batch = await turn.read();
      if (batch === undefined) throw new GatewayError('upstream_protocol', 'The answer was cut off before its end');
      const passed: ChatEvent[] = [];
      for (const event of batch) {
        const followed = exchange.follow(event);
        if (followed !== undefined) passed.push(followed);
        if (event.type !== 'response-end') continue;
        const ended = turn;
        turn = undefined;
        await ended.close();
        break;
      }
      if (passed.length > 0) return passed;
    }
  };
  return pullStream(read, async () => {
    closed = true;
    await turn?.close();
  });
}

/** For `max_tokens: 0`. */
async function* emptyTurn(request: ChatRequest, tokenCounter: TokenCounterKind): AsyncGenerator<ChatEvent, void, void> {
  const inputTokens = countPromptTokens(request, await selectTokenCounter(tokenCounter));
  yield* emptyAnswer({ model: request.model, inputTokens, createdAt: systemClock.now() });
}
