/** The shapes of OpenAI's API as far as this client reads them; whatever else a server sends is there, too. */

export interface ChatMessage {
  readonly role: string;
  readonly content?: unknown;
  readonly [member: string]: unknown;
}

/** A whole tool call. */
export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

/** As it came from the server: nothing is checked, nothing is added. */
export interface ChatCompletion {
  readonly id?: string;
  readonly model?: string;
  readonly choices?: readonly {
    readonly index?: number;
    readonly message?: {
      readonly role?: string;
      readonly content?: string | null;
      readonly tool_calls?: readonly ToolCall[];
      readonly [member: string]: unknown;
    };
    readonly finish_reason?: string | null;
    readonly [member: string]: unknown;
  }[];
  readonly usage?: Usage | null;
  readonly [member: string]: unknown;
}

/** Tokens, as the server counts them. */
export interface Usage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  readonly [member: string]: unknown;
}

/** One chunk of a stream, as it came from the server. */
export interface ChatCompletionChunk {
  readonly choices?: readonly {
    readonly delta?: {
      readonly content?: string | null;
      readonly tool_calls?: readonly ToolCallDelta[];
      readonly [member: string]: unknown;
    };
    readonly finish_reason?: string | null;
    readonly [member: string]: unknown;
  }[];
  readonly usage?: Usage | null;
  readonly [member: string]: unknown;
}

/** A piece of a tool call; those of one `index` belong together. */
export interface ToolCallDelta {
  readonly index?: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** Everything but `timeoutMs` and `signal` goes into the request's body as it is (`temperature`, `max_tokens`, `tools`, …). */
export interface CallOptions {
  /** Milliseconds for the whole call: connecting, headers and body; of a stream, the server's silence. Default 60 000. */
  readonly timeoutMs?: number | undefined;
  /** Its abort ends the call, which then fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly [member: string]: unknown;
}

/** A piece of a stream. */
export interface StreamPart {
  /** What came of the answer's text; `''` where a chunk has none. */
  readonly text: string;
  /** What came of tool calls, in pieces; whole ones are in `final()`. */
  readonly toolCalls?: readonly ToolCallDelta[];
  readonly raw: ChatCompletionChunk;
}

/** What a stream has become at its end. */
export interface FinalAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason?: string;
  /** Where the server tells it. */
  readonly usage?: Usage;
}

/** An answer in pieces, to be iterated once. */
export interface TextStream extends AsyncIterable<StreamPart> {
  /** The whole answer. Reads the stream to its end where nobody else does. Rejects as the iteration does. */
  final(): Promise<FinalAnswer>;
}

/** What a client is made with. */
export interface LlmClientOptions {
  /** With or without `/v1`. Default: `LLM_BASE_URL`, read at each call. */
  readonly baseUrl?: string;
  /** Default: `LLM_API_KEY`, read at each call. */
  readonly apiKey?: string;
  /** Milliseconds; for calls that do not say. Default 60 000. */
  readonly timeoutMs?: number;
  /** How often a call is tried again that failed with 408, 429, 5xx or in the network before anything came. Default 0. */
  readonly retries?: number;
  /** Default: the global one, looked up at each call. */
  readonly fetch?: typeof fetch;
  /** Gets a line a failed call. Default: `console`. */
  readonly logger?: { error(line: string): void };
}

/** The calls, with settings of their own. */
export interface LlmClient {
  callSpecificModel(
    modelName: string,
    messages: readonly ChatMessage[],
    options?: CallOptions,
  ): Promise<ChatCompletion>;
  streamSpecificModel(modelName: string, messages: readonly ChatMessage[], options?: CallOptions): TextStream;
  embedWithModel(modelName: string, input: string | readonly string[], options?: CallOptions): Promise<number[][]>;
}
