/**
 * One completion request as a {@link WireProtocol}, with the turns it takes: a pipeline that knows of one turn a request
 * is handed all of them as one stream, and this object remembers what it needs to tell them apart again.
 */
import {
  type ChatEvent,
  type ChatRequest,
  type ChatResult,
  ResultCollector,
  sumUsage,
  type Usage,
} from '../../chat/index.js';
import { isJsonObject } from '../../util/index.js';
import { openaiChat } from '../openai-chat/protocol.js';
import type { WireProtocol } from '../protocol.js';
import { conversationHints } from '../request/conversation-hints.js';
import { createStreamEncoder, encodeCompletion } from './encode.js';
import { parseCompletion } from './parse-request.js';

/** A request of OpenAI's older Completions: several turns, one answer. */
export interface CompletionExchange extends WireProtocol {
  /** What to ask, in this order; none of them when {@link withoutAnswer}. */
  readonly requests: readonly ChatRequest[];
  readonly withoutAnswer: boolean;
  /**
   * Told of every event of the turn that runs. Returns what of it goes on: nothing for the end of a turn before the
   * last one, the sum of all usage with the last.
   */
  follow(event: ChatEvent): ChatEvent | undefined;
}

/** @throws GatewayError `invalid_request`, `param` naming the field */
export function openCompletion(body: unknown): CompletionExchange {
  const { choices, response, warnings, withoutAnswer } = parseCompletion(body);
  const requests = choices.map(({ chat }) => chat);
  const echoes = choices.map(({ echo }) => echo);
  const results: ChatResult[] = [];
  let collector = new ResultCollector();
  return {
    name: 'openai-chat',
    requests,
    withoutAnswer,
    follow(event) {
      collector.push(event);
      if (event.type !== 'response-end') return event;
      results.push(collector.finish());
      collector = new ResultCollector();
      return results.length < requests.length ? undefined : { ...event, usage: sumOf(results) };
    },
    parseRequest: (given, headers) => {
      const conversation = conversationHints(isJsonObject(given) ? given : {}, headers);
      return { chat: { ...(requests[0] as ChatRequest), conversation, warnings }, response };
    },
    encodeResult: () => encodeCompletion(results, echoes, sumOf(results), response),
    createStreamEncoder: () =>
      createStreamEncoder(response, echoes, (index) => results[index]?.finishReason ?? 'other'),
    encodeError: openaiChat.encodeError,
  };
}

const sumOf = (results: readonly ChatResult[]): Usage => sumUsage(results.map(({ usage }) => usage));
