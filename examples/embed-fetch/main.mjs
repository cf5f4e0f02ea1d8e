/**
 * The gateway inside a fetch handler of your own: no server, no port. Mount `gateway.fetch` in Hono, a service worker,
 * an Electron `protocol.handle`, or call it as done here. Runs against the simulator and checks its own result.
 */
import assert from 'node:assert/strict';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { createSimulator } from '@lingma-gateway/simulator';

const simulator = createSimulator();
await simulator.start();
const client = new LingmaClient({ address: simulator.address.webSocketUrl });
const gateway = createGateway({ channel: createLingmaChannel({ client }) });

/** Your own routes first, the gateway for everything below /v1. */
async function handle(request) {
  const { pathname } = new URL(request.url);
  return pathname.startsWith('/v1/') ? gateway.fetch(request) : new Response('my own page');
}

const response = await handle(
  new Request('http://app.local/v1/messages', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: 'claude-sonnet-4-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Say hello. @sim {"text":"hello from inside"}' }],
    }),
  }),
);
const message = await response.json();
console.log(message.content[0].text);
assert.equal(message.content[0].text, 'hello from inside');
assert.equal(await (await handle(new Request('http://app.local/'))).text(), 'my own page');

await gateway.close();
await client.close();
await simulator.stop();
