/** What an answer says: the same members whatever the protocol, streamed or whole. */
import type { Protocol } from './ask.js';
import { parseSse } from './sse.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly reasoning: string;
  /** The protocol's own word; `''` without one. */
  readonly finish: string;
  /** The stream came to its protocol's normal end; for a whole answer, that its status was 200. */
  readonly ended: boolean;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In the envelope or in the stream. */
  readonly error?: AnswerError;
  readonly raw: string;
}

export interface AnswerError {
  readonly type: string;
  readonly code?: string | null;
  readonly message: string;
}

export async function readAnswer(protocol: Protocol, response: Response): Promise<Answer> {
  const { status, headers } = response;
  const raw = await response.text();
  const streamed = headers.get('content-type')?.startsWith('text/event-stream') === true;
  const said = streamed ? READ_STREAM[protocol](parseSse(raw).map(({ data }) => data)) : readWhole(protocol, raw);
  return { ...BLANK, ...(!streamed && { ended: status === 200 }), ...said, status, headers, raw };
}

const BLANK = { text: '', reasoning: '', finish: '', ended: false, model: '', inputTokens: 0, outputTokens: 0 };

type Said = { -readonly [Name in keyof Omit<Answer, 'status' | 'headers' | 'raw'>]?: Answer[Name] };

interface ChatMessage {
  readonly content?: string | null;
  readonly reasoning_content?: string;
}

interface ChatBody {
  readonly model?: string;
  readonly error?: AnswerError;
  readonly choices?: readonly {
    readonly message?: ChatMessage;
    readonly delta?: ChatMessage;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

interface MessageBody {
  readonly model: string;
  readonly content: readonly { readonly type: string; readonly text?: string; readonly thinking?: string }[];
  readonly stop_reason: string;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  readonly error?: AnswerError;
}

interface MessageEvent {
  readonly type: string;
  readonly message?: MessageBody;
  readonly delta?: { readonly text?: string; readonly thinking?: string; readonly stop_reason?: string };
  readonly usage?: { readonly output_tokens: number };
  readonly error?: AnswerError;
}

type Parts = readonly { readonly text: string }[];

interface ResponseBody {
  readonly model: string;
  readonly status: string;
  readonly output?: readonly { readonly type: string; readonly content?: Parts; readonly summary?: Parts }[];
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number } | null;
  readonly error?: AnswerError | null;
}

interface ResponseEvent {
  readonly type: string;
  readonly delta?: string;
  readonly response?: ResponseBody;
  readonly code?: string;
  readonly message?: string;
}

function readWhole(protocol: Protocol, raw: string): Said {
  if (protocol === 'chat') {
    const body = JSON.parse(raw) as ChatBody;
    return readChat(body, body.choices?.[0]?.message);
  }
  if (protocol === 'responses') return readResponse(JSON.parse(raw) as ResponseBody);
  const { error, content, model, stop_reason: finish, usage } = JSON.parse(raw) as MessageBody;
  if (error !== undefined) return { error };
  const text = content.map((block) => block.text ?? '').join('');
  const reasoning = content.map((block) => block.thinking ?? '').join('');
  return { text, reasoning, finish, model, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens };
}

function readChat({ model, error, choices, usage }: ChatBody, message: ChatMessage | undefined): Said {
  const finish = choices?.[0]?.finish_reason;
  return {
    text: message?.content ?? '',
    reasoning: message?.reasoning_content ?? '',
    ...(model !== undefined && { model }),
    ...(finish && { finish }),
    ...(usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens }),
    ...(error !== undefined && { error }),
  };
}

function readResponse({ model, status, output = [], usage, error }: ResponseBody): Said {
  const textOf = (type: string): string =>
    output
      .filter((item) => item.type === type)
      .flatMap((item) => [...(item.content ?? []), ...(item.summary ?? [])])
      .map((part) => part.text)
      .join('');
  return {
    text: textOf('message'),
    reasoning: textOf('reasoning'),
    finish: status,
    model,
    ...(usage && { inputTokens: usage.input_tokens, outputTokens: usage.output_tokens }),
    ...(error && { error }),
  };
}

const READ_STREAM: Readonly<Record<Protocol, (data: readonly string[]) => Said>> = {
  chat(data) {
    const said: Said = { ended: data.at(-1) === '[DONE]' };
    for (const text of data) {
      if (text === '[DONE]') continue;
      const body = JSON.parse(text) as ChatBody;
      const chunk = readChat(body, body.choices?.[0]?.delta);
      const { text: before = '', reasoning = '' } = said;
      Object.assign(said, chunk, { text: before + chunk.text, reasoning: reasoning + chunk.reasoning });
    }
    return said;
  },
  messages(data) {
    const said: Said = { text: '', reasoning: '' };
    for (const text of data) {
      const { type, message, delta, usage, error } = JSON.parse(text) as MessageEvent;
      said.text += delta?.text ?? '';
      said.reasoning += delta?.thinking ?? '';
      if (message !== undefined) {
        said.model = message.model;
        said.inputTokens = message.usage.input_tokens;
      }
      if (delta?.stop_reason !== undefined) said.finish = delta.stop_reason;
      if (usage !== undefined) said.outputTokens = usage.output_tokens;
      if (error !== undefined) said.error = error;
      said.ended = type === 'message_stop';
    }
    return said;
  },
  responses(data) {
    const events = data.map((text) => JSON.parse(text) as ResponseEvent);
    const last = events.at(-1);
    const final = last?.response === undefined ? {} : readResponse(last.response);
    return {
      ...final,
      text: events.map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : '')).join(''),
      ended: last?.type === 'response.completed' || last?.type === 'response.incomplete',
      ...(last?.type === 'error' && { error: { type: 'error', code: last.code ?? null, message: last.message ?? '' } }),
    };
  },
};
