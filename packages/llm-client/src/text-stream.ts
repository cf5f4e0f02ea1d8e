/** The chunks of a chat completion, as pieces of text and as the answer they make. */
import { LlmClientError } from './errors.js';
import { readEvents } from './event-stream.js';
import { asObject, failureCode, failureText, parse } from './failure-text.js';
import { type Answer, readText } from './send.js';
import type { ChatCompletion, ChatCompletionChunk, FinalAnswer, StreamPart, TextStream, ToolCall } from './types.js';

/** @throws LlmClientError `LLM_CLIENT_RESPONSE` where the stream ends without an end, or tells of an error */
export async function* readParts(answer: Answer): AsyncGenerator<StreamPart> {
  const { body, headers } = answer.response;
  if (body === null || headers.get('content-type')?.includes('application/json') === true) {
    // The server does not stream: one piece.
    const text = await readText(answer.response);
    const value = parse(text);
    if (isError(value)) throw streamError(answer.hidden(text));
    yield toPart(wholeAsChunk(value));
    return;
  }
  let ended = false;
  for await (const data of readEvents(body, answer)) {
    if (data.trim() === '[DONE]') return;
    const chunk = parse(data) as ChatCompletionChunk | undefined;
    if (typeof chunk !== 'object' || chunk === null || !Array.isArray(chunk.choices ?? [])) {
      throw new LlmClientError(
        'LLM_CLIENT_RESPONSE',
        chunk === undefined ? 'A chunk of the stream is no JSON' : 'A chunk of the stream is none of a chat completion',
      );
    }
    if (isError(chunk)) throw streamError(answer.hidden(data));
    ended ||= chunk.choices?.some(({ finish_reason }) => !!finish_reason) === true;
    yield toPart(chunk);
  }
  if (!ended) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The stream was cut before its end');
}

const isError = (value: unknown): boolean => (asObject(value).error ?? undefined) !== undefined;

function streamError(data: string): LlmClientError {
  const errorCode = failureCode(data);
  const text = failureText(data, '');
  return new LlmClientError('LLM_CLIENT_RESPONSE', text, {
    cause: text,
    ...(errorCode !== undefined && { errorCode }),
  });
}

function toPart(raw: ChatCompletionChunk): StreamPart {
  const delta = raw.choices?.[0]?.delta;
  return { text: delta?.content ?? '', ...(delta?.tool_calls && { toolCalls: delta.tool_calls }), raw };
}

function wholeAsChunk(value: unknown): ChatCompletionChunk {
  const { choices, ...rest } = asObject(value) as ChatCompletion;
  if (!Array.isArray(choices)) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer is no chat completion');
  return {
    ...rest,
    choices: (choices as NonNullable<ChatCompletion['choices']>).map(({ message, ...choice }) => ({
      ...choice,
      delta: {
        ...message,
        ...(message?.tool_calls && { tool_calls: message.tool_calls.map((call, index) => ({ ...call, index })) }),
      },
    })),
  };
}

/** Nothing is asked before somebody iterates or wants the final answer. */
export function toTextStream(open: () => AsyncGenerator<StreamPart>): TextStream {
  const collected = new CollectedAnswer();
  let parts: AsyncGenerator<StreamPart> | undefined;
  const whole = deferred<FinalAnswer>();
  async function* collect(): AsyncGenerator<StreamPart> {
    try {
      for await (const part of open()) {
        collected.add(part.raw);
        yield part;
      }
      whole.resolve(collected.answer());
    } catch (error) {
      whole.reject(error);
      throw error;
    } finally {
      whole.reject(new LlmClientError('LLM_CLIENT_RESPONSE', 'The stream was left before its end'));
    }
  }
  return {
    [Symbol.asyncIterator]() {
      parts ??= collect();
      return parts;
    },
    async final() {
      if (parts === undefined) for await (const _part of this);
      return whole.promise;
    },
  };
}

function deferred<Value>() {
  let resolve: (value: Value) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<Value>((onValue, onReason) => {
    resolve = onValue;
    reject = onReason;
  });
  // Not everybody asks for the final answer.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

class CollectedAnswer {
  #text = '';
  #finishReason: string | undefined;
  #usage: FinalAnswer['usage'];
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();
  #lastCall = -1;

  add({ choices, usage }: ChatCompletionChunk): void {
    if (usage) this.#usage = usage;
    const choice = choices?.[0];
    this.#text += choice?.delta?.content ?? '';
    this.#finishReason = choice?.finish_reason || this.#finishReason;
    for (const { index, id, function: called } of choice?.delta?.tool_calls ?? []) {
      const at = index ?? this.#indexOf(id);
      const call = this.#calls.get(at) ?? { id: '', name: '', arguments: '' };
      this.#lastCall = at;
      this.#calls.set(at, call);
      call.id ||= id ?? '';
      call.name += called?.name ?? '';
      call.arguments += called?.arguments ?? '';
    }
  }

  /** Some servers leave out the index: another id is another call. */
  #indexOf(id: string | undefined): number {
    if (this.#lastCall === -1) return 0;
    return id && id !== this.#calls.get(this.#lastCall)?.id ? this.#calls.size : this.#lastCall;
  }

  answer(): FinalAnswer {
    const toolCalls = [...this.#calls]
      .sort(([one], [other]) => one - other)
      .map(([, { id, ...called }]): ToolCall => ({ id, type: 'function', function: called }));
    return {
      text: this.#text,
      toolCalls,
      ...(this.#finishReason !== undefined && { finishReason: this.#finishReason }),
      ...(this.#usage !== undefined && { usage: this.#usage }),
    };
  }
}
