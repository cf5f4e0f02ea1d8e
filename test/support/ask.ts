/** One request over a socket, in any of the protocols. */
import { type Answer, readAnswer } from './read-answer.js';

export type Protocol = 'chat' | 'messages' | 'responses';
export const PROTOCOLS: readonly Protocol[] = ['chat', 'messages', 'responses'];

export const PATHS: Readonly<Record<Protocol, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
};

export interface Question {
  readonly prompt: string;
  readonly stream?: boolean;
  /** Default `auto`, which is no model's name. */
  readonly model?: string;
  /** Members beside or in place of the usual ones. */
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export function requestBody(protocol: Protocol, question: Question): Record<string, unknown> {
  const { prompt, stream = false, model = 'auto', body } = question;
  const messages = [{ role: 'user', content: prompt }];
  switch (protocol) {
    case 'chat':
      return { model, messages, stream, ...(stream && { stream_options: { include_usage: true } }), ...body };
    case 'messages':
      return { model, messages, stream, max_tokens: 100_000, thinking: { type: 'adaptive' }, ...body };
    case 'responses':
      return { model, input: prompt, stream, ...body };
  }
}

/** Sends it and leaves the response unread. */
export function send(base: string, protocol: Protocol, question: Question): Promise<Response> {
  return fetch(base + PATHS[protocol], {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...question.headers },
    body: JSON.stringify(requestBody(protocol, question)),
    ...(question.signal !== undefined && { signal: question.signal }),
  });
}

export async function ask(base: string, protocol: Protocol, question: Question): Promise<Answer> {
  return readAnswer(protocol, await send(base, protocol, question));
}
