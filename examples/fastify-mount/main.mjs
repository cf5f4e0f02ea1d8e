/**
 * A Fastify app that answers OpenAI's and Anthropic's clients below `/lingma`, beside its own routes and under its own hooks.
 * Runs against the simulator and checks its own result; leave `address` out to use the Lingma of this machine.
 */
import assert from 'node:assert/strict';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { lingmaGateway } from '@lingma-gateway/fastify';
import { createSimulator } from '@lingma-gateway/simulator';
import { fastify } from 'fastify';

const simulator = createSimulator();
await simulator.start();

const client = new LingmaClient({ address: simulator.address.webSocketUrl });
const gateway = createGateway({ channel: createLingmaChannel({ client }) });

const app = fastify();
app.get('/', async () => 'my own page');
app.setNotFoundHandler((_request, reply) => void reply.code(404).send('my own 404'));
app.addHook('onSend', async (_request, reply) => void reply.header('x-served-by', 'my app'));
app.register(lingmaGateway, { prefix: '/lingma', gateway });
// The plugin closes the gateway with the app; what stands behind it is ours.
app.addHook('onClose', async () => {
  await client.close();
  await simulator.stop();
});

const base = await app.listen({ port: 0, host: '127.0.0.1' });
const response = await fetch(`${base}/lingma/v1/messages`, {
  method: 'POST',
  headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
  body: JSON.stringify({
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    stream: true,
    messages: [{ role: 'user', content: 'Hello! @sim {"text":"Hello from Fastify","chunks":3}' }],
  }),
});
const answer = await response.text();
const text = [...answer.matchAll(/"text_delta","text":"([^"]*)"/g)].map(([, delta]) => delta).join('');
console.log(text);
assert.equal(text, 'Hello from Fastify');
assert.equal(response.headers.get('x-served-by'), 'my app');
assert.equal(await (await fetch(base)).text(), 'my own page');
assert.equal(await (await fetch(`${base}/lingma/elsewhere`)).text(), 'my own 404');

await app.close();
assert.equal(gateway.status().state, 'closing');
