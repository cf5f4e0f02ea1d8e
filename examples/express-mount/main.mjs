/**
 * An Express app that answers OpenAI's and Anthropic's clients below `/lingma`, beside its own routes, behind its own parser
 * and its own auth. Runs against the simulator and checks its own result; leave `address` out to use the Lingma of this machine.
 */
import assert from 'node:assert/strict';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { lingmaGateway } from '@lingma-gateway/express';
import { createSimulator } from '@lingma-gateway/simulator';
import express from 'express';

const simulator = createSimulator();
await simulator.start();

const client = new LingmaClient({ address: simulator.address.webSocketUrl });
const gateway = createGateway({ channel: createLingmaChannel({ client }) });

const app = express();
app.use(express.json({ limit: '32mb' }));
app.get('/', (_request, response) => void response.send('my own page'));
app.use('/lingma', (request, response, next) => {
  if (request.headers.authorization === 'Bearer user-of-my-app') next();
  else response.status(401).send('my own auth');
});
app.use('/lingma', lingmaGateway(gateway));
app.use((_request, response) => void response.status(404).send('my own 404'));

const server = app.listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const base = `http://127.0.0.1:${server.address().port}`;

const ask = (headers) =>
  fetch(`${base}/lingma/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'auto',
      stream: true,
      messages: [{ role: 'user', content: 'Hello! @sim {"text":"Hello from Express","chunks":3}' }],
    }),
  });

const answer = await (await ask({ authorization: 'Bearer user-of-my-app' })).text();
const text = [...answer.matchAll(/"content":"([^"]*)"/g)].map(([, delta]) => delta).join('');
console.log(text);
assert.equal(text, 'Hello from Express');
assert.equal((await ask({})).status, 401);
assert.equal(await (await fetch(base)).text(), 'my own page');
assert.equal(await (await fetch(`${base}/elsewhere`)).text(), 'my own 404');

// On the way down: nothing new, running answers may end, then the rest.
await gateway.close();
server.close();
server.closeIdleConnections();
await client.close();
await simulator.stop();
