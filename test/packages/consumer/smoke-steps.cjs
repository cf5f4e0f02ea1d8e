/** Asks every published package for what it is there for, against the simulator; throws where something is wrong. */
const assert = require('node:assert/strict');
const { createServer } = require('node:http');

exports.smoke = async ({
  core,
  chat,
  config,
  data,
  wire,
  expressMount,
  fastifyMount,
  hostTools,
  node,
  simulator,
  server,
}) => {
  const lingma = simulator.createSimulator();
  await lingma.start();
  const client = new core.LingmaClient({ address: lingma.address.webSocketUrl });
  const gateway = core.createGateway({ channel: core.createLingmaChannel({ client }) });
  const http = createServer(node.toNodeHandler(gateway.fetch));
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  try {
    const base = `http://127.0.0.1:${http.address().port}`;
    const post = (path, body) =>
      fetch(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'auto', ...body }),
      });
    const messages = [{ role: 'user', content: 'Hello! @sim {"text":"From a package"}' }];
    const completion = await (await post('/v1/chat/completions', { messages })).json();
    assert.equal(completion.choices[0].message.content, 'From a package');
    const stream = await (await post('/v1/messages', { messages, max_tokens: 99, stream: true })).text();
    assert.match(stream, /event: message_stop/);
    // Loaded with the first request that has some.
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }];
    const call = '```json action\n{"tool":"look","parameters":{"at":"it"}}\n```';
    const asking = [{ role: 'user', content: `Look at it. @sim ${JSON.stringify({ text: call })}` }];
    const called = await (await post('/v1/chat/completions', { messages: asking, tools })).json();
    assert.equal(called.choices[0].finish_reason, 'tool_calls');
    assert.equal(called.choices[0].message.tool_calls[0].function.name, 'look');
    // Loaded when somebody asks.
    const metrics = await fetch(`${base}/metrics`);
    assert.equal(metrics.status === 200 || metrics.status === 503, true);

    const refused = await post('/v1/responses', { model: 5, input: 'Hi' });
    assert.equal(refused.status, 400);
    assert.equal(typeof (await refused.json()).error.message, 'string');
  } finally {
    http.close();
    http.closeAllConnections();
    await gateway.close();
    await client.close();
    await lingma.stop();
  }

  assert.equal(typeof data.KeyStore.open, 'function');
  const parsed = wire.openaiChat.parseRequest({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] });
  assert.equal(parsed.chat.messages[0].role, 'user');
  const error = new chat.GatewayError('rate_limited', 'Too many');
  assert.equal(error instanceof core.GatewayError, true);
  assert.equal(wire.anthropicMessages.encodeError(error).body.error.type, 'rate_limit_error');
  assert.throws(
    () => config.loadConfig({ env: { LINGMA_GATEWAY_PORT: 'many' } }),
    (thrown) => thrown instanceof config.ConfigError,
  );
  assert.equal(typeof expressMount.lingmaGateway(gateway), 'function');
  assert.equal(fastifyMount.default, fastifyMount.lingmaGateway);
  assert.equal(typeof hostTools.createHostTools, 'function');
  assert.equal(typeof server.startServer, 'function');

  // Either kind of modules gives the same, whoever asks for it.
  const { GatewayError } = await import('@lingma-gateway/core');
  assert.equal(error instanceof GatewayError, true);
  assert.equal(new GatewayError('internal', 'Other') instanceof core.GatewayError, true);
  console.log('ok');
};
