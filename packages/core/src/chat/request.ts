/**
 * What a client asks for, in words that belong to no protocol. `wire/*` parses into these types, channels read them;
 * they never meet bytes, so they have no schema.
 */
import type { JsonObject } from '../util/json.js';

/** What to generate. Says nothing about how the answer travels back. */
export interface ChatRequest {
  /** The model as the client named it. */
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly sampling: SamplingOptions;
  readonly responseFormat: ResponseFormat;
  readonly reasoning: ReasoningOptions;
  readonly conversation: ConversationHints;
  readonly warnings: readonly ChatWarning[];
}

/** A message of the conversation. */
export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[] }
  | { readonly role: 'tool'; readonly content: readonly ToolResultPart[] };

/** A part of what the user said or showed. */
export type UserPart = TextPart | MediaPart;
/** A part of what the model said. */
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart;

/** Words. */
export interface TextPart {
  readonly type: 'text';
  readonly text: string;
  /** The text of a document or a search result: shown to the model, nobody's own words. */
  readonly isDocument?: true;
}

/** Thoughts of the model's. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
}

/** A picture, a sound or a document that is not text. Documents that are text arrive as {@link TextPart}. */
export interface MediaPart {
  readonly type: 'image' | 'audio' | 'file';
  readonly source: MediaSource;
  readonly filename?: string;
}

/** Where a picture, a sound or a document is. */
export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string };

/** `input` is the text as the model wrote it: JSON for functions, free text for custom tools. */
export interface ToolCallPart {
  readonly type: 'tool-call';
  readonly toolCallId: string;
  readonly toolName: string;
  readonly namespace?: string;
  readonly input: string;
  /** Absent: `function`. */
  readonly kind?: ToolKind;
}

/** Pictures inside a tool result survive: clients send screenshots that way. */
export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly toolCallId: string;
  readonly output: readonly (TextPart | MediaPart)[];
  readonly isError: boolean;
}

/** `function`: the input is a JSON object by `inputSchema`. `custom`: the input is one free-form string. */
export type ToolKind = 'function' | 'custom';

/** A tool that the model may call. */
export interface ToolDefinition {
  readonly kind: ToolKind;
  readonly name: string;
  /** Set on functions inside a Responses `namespace` tool; their calls carry it back. */
  readonly namespace?: string;
  /** What the namespace as a whole is for. */
  readonly namespaceDescription?: string;
  readonly description?: string;
  /** JSON Schema of the input object; `{}` for custom tools. */
  readonly inputSchema: JsonObject;
  readonly strict?: boolean;
  /** Custom tools: the grammar the input must follow, told to the model as text. */
  readonly grammar?: { readonly syntax: string; readonly definition: string };
}

/** Whether a tool must be called, and which. */
export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly toolName: string; readonly namespace?: string };

/** How the answer is drawn, and how long it may be. */
export interface SamplingOptions {
  readonly temperature?: number;
  readonly topP?: number;
  /** In tokens, reasoning included. 0: no output is wanted at all. */
  readonly maxOutputTokens?: number;
  readonly stopSequences?: readonly string[];
}

/** `response_format`, `text.format`, `output_config.format`: three spellings of one wish. */
export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly name?: string; readonly schema: JsonObject; readonly strict: boolean };

/** How much the model should think, and whether that is shown. */
export interface ReasoningOptions {
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  /** Whether the client wants to see thoughts. */
  readonly visible: boolean;
}

/**
 * `auto` goes on in the Lingma session of a conversation that is remembered (the channel with a store of conversations; a
 * client alone does as with `fresh`), `reuse` keeps one sticky session per instance and model, `fresh` makes and deletes one a request.
 */
export type SessionMode = 'auto' | 'reuse' | 'fresh';

/** What a request tells of the conversation it belongs to. */
export interface ConversationHints {
  /**
   * Whose conversation it is: the first present of `prompt_cache_key`, `metadata.user_id`, `user` and `safety_identifier`.
   */
  readonly affinityKey?: string;
}

/** Something that was asked for and is not done, or done in another way. */
export interface ChatWarning {
  readonly type: 'unsupported-setting' | 'unsupported-content' | 'unknown-field' | 'model-fallback' | 'tool-emulation';
  /** The field or item concerned, as a path in the client's own spelling: `messages[2].content[0].cache_control`. */
  readonly subject: string;
  readonly message: string;
  /** Set where content was left out of the prompt: of what kind, and why. */
  readonly leftOut?: { readonly type: MediaPart['type']; readonly reason: string };
}
