/**
 * The port each client protocol implements, those of other packages as well. A protocol turns a request body into a `ChatRequest` and events into its
 * own bytes; it knows nothing of HTTP routes, of Lingma, or of the other protocols.
 */
import type { ChatEvent, ChatRequest, ChatResult, GatewayError } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';

/** The protocols that come with the package. */
export type ProtocolName = 'openai-chat' | 'openai-responses' | 'anthropic-messages';

/** How the answer travels back: what the request said that is no business of the model. */
export interface ResponseOptions {
  readonly stream: boolean;
  /** The model name to echo: as asked for, whatever answers. */
  readonly model: string;
  /** OpenAI chat: `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /** Whether thoughts are part of the answer in this protocol. `omitted`: Anthropic `display: "omitted"`, blocks stay, text goes. */
  readonly reasoning: 'visible' | 'omitted' | 'hidden';
  /** Fields the protocol repeats in its response object (Responses: `instructions`, `metadata`, `tools`, …). */
  readonly echo: JsonObject;
  /** Responses: the turn summarises the conversation, and its text is the content of one compaction item. */
  readonly compacts?: true;
}

/** A client's request: what is asked, and how the answer travels back. */
export interface ParsedRequest {
  readonly chat: ChatRequest;
  readonly response: ResponseOptions;
}

/**
 * Encodes one stream, event by event and synchronously. What is returned goes out as it is; an empty string is nothing
 * to send. After `end()` or `fail()` the encoder is spent.
 */
export interface StreamEncoder {
  push(event: ChatEvent): string;
  /** After the last event: closing frames (`[DONE]`). */
  end(): string;
  /**
   * The turn failed: the protocol's own error frame, after closing what has to be closed. Never looks like a normal end.
   * Also right when nothing was pushed before.
   */
  fail(error: GatewayError): string;
  /** What to send into a silence: `event: ping` for Messages, an SSE comment elsewhere. */
  readonly keepAlive: string;
}

/** An HTTP answer that reports a failure: status, headers and the protocol's JSON envelope. */
export interface ErrorEnvelope {
  readonly status: number;
  /** `retry-after`, `retry-after-ms`, `x-should-retry` where they apply; lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

/** The headers of a request, names in small letters. The Web's `Headers` are such. */
export interface RequestHeaders {
  get(name: string): string | null;
}

/** What an element of a conversation's list is: said to the model, or answered by it. */
export type ElementKind = 'said' | 'answer';

/** How a body's conversation can be read in parts: the first elements of its list once, and those behind them with each request. */
export interface HistoryRules {
  /** The list. */
  readonly member: 'messages' | 'input';
  /**
   * What stands beside the list and becomes messages before it, as one text; `undefined` where an element means something else by
   * what stands beside the list.
   */
  headOf(body: JsonObject): string | undefined;
  /** `undefined`: the element may be read in another way for what other elements are, or they for it. */
  kindOf(element: unknown): ElementKind | undefined;
}

/** A client protocol, both ways. */
export interface WireProtocol {
  /** One of {@link ProtocolName}, or a protocol's own that comes from outside. */
  readonly name: string;
  /** Where a gateway answers it, such as `/api/chat`; needed for a protocol that is none of ours. */
  readonly path?: string;
  /** `content-type` of its streams. Default: that of server-sent events. */
  readonly streamType?: string;
  /** Absent: every body is read as a whole. */
  readonly history?: HistoryRules;
  /**
   * @param headers where some clients say what others say in the body; absent: nothing is said there
   * @throws GatewayError `invalid_request` or `unsupported_feature`, `param` naming the field
   */
  parseRequest(body: unknown, headers?: RequestHeaders): ParsedRequest;
  encodeResult(result: ChatResult, response: ResponseOptions): JsonObject;
  createStreamEncoder(response: ResponseOptions): StreamEncoder;
  /** `requestId` goes into envelopes that have a place for it (Anthropic `request_id`). */
  encodeError(error: GatewayError, requestId?: string): ErrorEnvelope;
}
