/**
 * A Hono app that answers OpenAI's and Anthropic's clients below `/lingma`. `toNodeHandler` serves it on Node and tells the gateway
 * what the socket says, so that a foreign Host is refused; other servers do as well. Runs against the simulator and checks
 * its own result; leave `address` out to use the Lingma of this machine.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { toNodeHandler } from '@lingma-gateway/node';
import { createSimulator } from '@lingma-gateway/simulator';
import { Hono } from 'hono';

const simulator = createSimulator();
await simulator.start();

const client = new LingmaClient({ address: simulator.address.webSocketUrl });
const gateway = createGateway({ channel: createLingmaChannel({ client }) });

const app = new Hono();
app.get('/', (context) => context.text('my own page'));
app.mount('/lingma', gateway.fetch);

const question = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'auto', input: 'Hello! @sim {"text":"Hello from Hono"}' }),
};

// Without a server: a Request in, a Response out.
const direct = await (await app.request('/lingma/v1/responses', question)).json();
assert.equal(direct.output_text, 'Hello from Hono');

// And with one.
const server = createServer(toNodeHandler(app.fetch));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const answer = await (await fetch(`${base}/lingma/v1/responses`, question)).json();
console.log(answer.output_text);
assert.equal(answer.output_text, 'Hello from Hono');
assert.equal(await (await fetch(base)).text(), 'my own page');

await gateway.close();
server.close();
server.closeIdleConnections();
await client.close();
await simulator.stop();
