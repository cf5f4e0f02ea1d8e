/** The translators as functions: any protocol in, any protocol out, without a gateway, a server or Lingma. */
import { type ChatEvent, type ChatResult, GatewayError, toGatewayError } from '../chat/index.js';
import { checkOptions, type JsonObject, nearestName, type OptionRules, parseExactJson } from '../util/index.js';
import type {
  ErrorEnvelope,
  ParsedRequest,
  ProtocolName,
  RequestHeaders,
  ResponseOptions,
  WireProtocol,
} from './protocol.js';
import { protocols } from './protocols.js';
import { encodeEventStream } from './response/encode-stream.js';

/** One of ours by its name, or any that implements the port. */
export type ProtocolChoice = ProtocolName | WireProtocol;

const RESPONSE_RULES: OptionRules<ResponseOptions> = {
  stream: 'boolean',
  model: 'string',
  includeUsage: 'boolean',
  reasoning: ['visible', 'omitted', 'hidden'],
  echo: 'object',
  compacts: 'boolean',
};

/**
 * A client's request, read.
 *
 * @param body parsed or as text; text keeps all digits of large numbers
 * @throws GatewayError `invalid_request` or `unsupported_feature`, `param` naming the field
 * @throws TypeError on a protocol that is none
 *
 * @example
 * const { chat, response } = parseRequest('anthropic-messages', await request.text(), request.headers);
 */
export function parseRequest(protocol: ProtocolChoice, body: unknown, headers?: RequestHeaders): ParsedRequest {
  const wire = protocolOf('parseRequest()', protocol);
  return wire.parseRequest(typeof body === 'string' ? parseText(body) : body, headers);
}

/**
 * A whole answer in the words of a protocol.
 *
 * @param response of the request that it answers, whichever protocol that came in; what is absent has its default
 */
export function encodeResult(
  protocol: ProtocolChoice,
  result: ChatResult,
  response: Partial<ResponseOptions> = {},
): JsonObject {
  const wire = protocolOf('encodeResult()', protocol);
  return wire.encodeResult(result, completeResponse('encodeResult()', response, false));
}

/** All events of a turn that is over, as the text of one stream. */
export function encodeEvents(
  protocol: ProtocolChoice,
  events: Iterable<ChatEvent>,
  response: Partial<ResponseOptions> = {},
): string {
  const wire = protocolOf('encodeEvents()', protocol);
  const encoder = wire.createStreamEncoder(completeResponse('encodeEvents()', response, true));
  let text = '';
  try {
    for (const event of events) text += encoder.push(event);
  } catch (error) {
    return text + encoder.fail(toGatewayError(error));
  }
  return text + encoder.end();
}

/**
 * One string for every batch of events. Never throws for a failed turn: the failure is told in the protocol's own words, as the
 * last string. Stopping early closes `events`.
 *
 * @example
 * for await (const frames of encodeStream('openai-chat', events, parsed.response)) response.write(frames);
 */
export function encodeStream(
  protocol: ProtocolChoice,
  events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>,
  response: Partial<ResponseOptions> = {},
): AsyncGenerator<string, void, void> {
  const wire = protocolOf('encodeStream()', protocol);
  return encodeEventStream(wire, events, completeResponse('encodeStream()', response, true));
}

/** Whatever was thrown, as the protocol's answer: status, headers, body. */
export function encodeError(protocol: ProtocolChoice, thrown: unknown, requestId?: string): ErrorEnvelope {
  return protocolOf('encodeError()', protocol).encodeError(toGatewayError(thrown), requestId);
}

function protocolOf(owner: string, choice: ProtocolChoice): WireProtocol {
  if (typeof choice === 'object' && choice !== null && typeof choice.parseRequest === 'function') return choice;
  if (typeof choice === 'string' && Object.hasOwn(protocols, choice)) return protocols[choice];
  const names = Object.keys(protocols);
  const nearest = typeof choice === 'string' ? nearestName(choice, names) : undefined;
  const hint = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean "${nearest}"?`;
  throw new TypeError(`${owner} takes a protocol, by name or as an object; ${hint}`);
}

function completeResponse(owner: string, given: Partial<ResponseOptions>, stream: boolean): ResponseOptions {
  checkOptions<Partial<ResponseOptions>>(owner, given, RESPONSE_RULES);
  return { stream, model: '', includeUsage: false, reasoning: 'visible', echo: {}, ...given };
}

function parseText(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (cause) {
    throw new GatewayError('invalid_request', 'The request body is no JSON', { cause });
  }
}
