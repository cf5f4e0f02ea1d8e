/**
 * A client, a gateway, a server, in ten lines; then a streamed question over HTTP. Runs against the simulator and
 * checks its own result; leave `address` out to use the Lingma of this machine.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { toNodeHandler } from '@lingma-gateway/node';
import { createSimulator } from '@lingma-gateway/simulator';

const simulator = createSimulator();
await simulator.start();

const client = new LingmaClient({ address: simulator.address.webSocketUrl });
const gateway = createGateway({ channel: createLingmaChannel({ client }) });
const server = createServer(toNodeHandler(gateway.fetch));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const response = await fetch(`http://127.0.0.1:${server.address().port}/v1/chat/completions`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    model: 'auto',
    stream: true,
    messages: [{ role: 'user', content: 'Hello! @sim {"text":"Hello, world! 你好，世界！","chunks":6}' }],
  }),
});

let answer = '';
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  for (const [, delta] of text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)) {
    answer += JSON.parse(delta);
    process.stdout.write(JSON.parse(delta));
  }
}
console.log();
assert.equal(answer, 'Hello, world! 你好，世界！');

server.close();
await gateway.close();
await client.close();
await simulator.stop();
