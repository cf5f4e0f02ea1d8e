/**
 * The translators alone: no server, no gateway, no Lingma. A request of any protocol becomes one shape, and an answer of that shape
 * becomes any protocol's, whole or streamed; `ollama-chat.mjs` adds a protocol that the package does not know. The same code runs in a
 * browser and in a worker. Checks its own result.
 */
import assert from 'node:assert/strict';
import { createGateway } from '@lingma-gateway/core';
import { collectResult, GatewayError, toEventStream } from '@lingma-gateway/core/chat';
import { encodeError, encodeResult, encodeStream, parseRequest, protocols } from '@lingma-gateway/core/wire';
import { ollamaChat } from './ollama-chat.mjs';

// In: what a client of Anthropic sends.
const { chat, response } = parseRequest('anthropic-messages', {
  model: 'claude-sonnet-4-5',
  max_tokens: 100,
  system: 'Be brief.',
  messages: [{ role: 'user', content: 'Hello!' }],
  stream: true,
});
assert.deepEqual(
  chat.messages.map(({ role }) => role),
  ['system', 'user'],
);

/** What a model of your own answers, as events. */
function* answer() {
  yield {
    type: 'response-start',
    responseId: 'r1',
    model: 'mine',
    createdAt: Date.now(),
    inputTokens: 7,
    warnings: [],
  };
  yield { type: 'text-start', id: 't' };
  for (const delta of ['Hello', ', ', 'world!']) yield { type: 'text-delta', id: 't', delta };
  yield { type: 'text-end', id: 't' };
  yield {
    type: 'response-end',
    finishReason: 'stop',
    usage: { inputTokens: 7, outputTokens: 3, origin: 'reported' },
  };
}

// Out: a stream in each protocol, the one from outside among them.
for (const protocol of [...Object.keys(protocols), ollamaChat]) {
  let text = '';
  for await (const frames of encodeStream(protocol, answer(), response)) text += frames;
  console.log(`${protocol.name ?? protocol}: ${text.length} characters, ${text.split('\n').length} lines`);
  assert.match(text, /Hello/);
}

// Out: a whole answer, and an error.
const result = await collectResult(toEventStream(answer()));
assert.equal(encodeResult('openai-chat', result, response).choices[0].message.content, 'Hello, world!');
assert.equal(encodeResult('openai-responses', result, response).output_text, 'Hello, world!');
assert.equal(encodeResult(ollamaChat, result, response).message.content, 'Hello, world!');
const refused = encodeError('openai-chat', new GatewayError('rate_limited', 'Slow down', { retryAfterMs: 1000 }));
assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '1']);

// And served, beside the others.
const gateway = createGateway({
  protocols: [...Object.values(protocols), ollamaChat],
  channel: { name: 'mine', listModels: async () => [], streamChat: () => toEventStream(answer()) },
});
const question = { model: 'mine', messages: [{ role: 'user', content: 'Hello!' }] };
const streamed = await gateway.fetch(
  new Request('http://app.local/api/chat', { method: 'POST', body: JSON.stringify(question) }),
);
const lines = (await streamed.text())
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
assert.equal(streamed.headers.get('content-type'), 'application/x-ndjson');
assert.equal(lines.map(({ message }) => message.content).join(''), 'Hello, world!');
assert.deepEqual([lines.at(-1).done, lines.at(-1).eval_count], [true, 3]);
await gateway.close();
