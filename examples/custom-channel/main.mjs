/**
 * A gateway over something else than Lingma: whatever can answer, as a `Channel`. The three protocols, streaming, limits, logs and
 * metrics come with the gateway. Checks its own result.
 */
import assert from 'node:assert/strict';
import { createGateway } from '@lingma-gateway/core';
import { GatewayError, textOf, toEventStream } from '@lingma-gateway/core/chat';

/** Says what it was asked, word by word. @type {import('@lingma-gateway/core/chat').Channel} */
const parrot = {
  name: 'parrot',

  async listModels() {
    const can = { supportsReasoning: false, supportsImages: false };
    return [{ id: 'parrot-1', displayName: 'Parrot', upstreamId: 'parrot-1', isDefault: true, ...can }];
  },

  // Starts when somebody reads; an abort of the signal ends it.
  streamChat(request, { signal }) {
    return toEventStream(say(request, signal));
  },

  status: () => ({ state: 'ready' }),
};

async function* say({ messages, model }, signal) {
  const text = textOf(messages.at(-1));
  if (text === '') throw new GatewayError('invalid_request', 'A parrot needs words', { param: 'messages' });
  const words = text.match(/\S+\s*/g);
  yield { type: 'response-start', responseId: 'p1', model, createdAt: Date.now(), warnings: [] };
  yield { type: 'text-start', id: 't' };
  for (const delta of words) {
    signal.throwIfAborted();
    yield { type: 'text-delta', id: 't', delta };
  }
  yield { type: 'text-end', id: 't' };
  const usage = { inputTokens: words.length, outputTokens: words.length, origin: 'reported' };
  yield { type: 'response-end', finishReason: 'stop', usage };
}

const gateway = createGateway({ channel: parrot });
const ask = (path, body) =>
  gateway.fetch(
    new Request(`http://app.local${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(body),
    }),
  );

const messages = [{ role: 'user', content: 'Pretty Polly' }];
const chat = await (await ask('/v1/chat/completions', { model: 'parrot-1', messages })).json();
assert.equal(chat.choices[0].message.content, 'Pretty Polly');
assert.equal(chat.usage.total_tokens, 4);

const streamed = await (await ask('/v1/messages', { model: 'parrot-1', max_tokens: 9, stream: true, messages })).text();
const text = [...streamed.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, delta]) => delta).join('');
console.log(text);
assert.equal(text, 'Pretty Polly');

const stored = await (await ask('/v1/responses', { model: 'parrot-1', input: 'Hello' })).json();
assert.equal(stored.output_text, 'Hello');
const refused = await ask('/v1/messages', {
  model: 'parrot-1',
  max_tokens: 9,
  messages: [{ role: 'user', content: [] }],
});
assert.equal(refused.status, 400);

const models = await (await gateway.fetch(new Request('http://app.local/v1/models'))).json();
assert.deepEqual(
  models.data.map(({ id }) => id),
  ['parrot-1'],
);
await gateway.close();
