/** For Jest, which takes CommonJS alone. */
const { createGateway, createLingmaChannel, GatewayError, LingmaClient } = require('@lingma-gateway/core');
const { anthropicMessages, openaiChat } = require('@lingma-gateway/core/wire');
const { createSimulator } = require('@lingma-gateway/simulator');

test('a translator alone', () => {
  const { chat } = openaiChat.parseRequest({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] });
  expect(chat.messages).toHaveLength(1);
  expect(() => anthropicMessages.parseRequest({ messages: 5 })).toThrow(GatewayError);
});

test('a gateway over the simulator, metrics and counted tokens included', async () => {
  const simulator = createSimulator();
  await simulator.start();
  const client = new LingmaClient({ address: simulator.address.webSocketUrl });
  const gateway = createGateway({ channel: createLingmaChannel({ client }), metricsPublic: true });
  const ask = (path, body) =>
    gateway.fetch(
      new Request(`http://localhost${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify({ model: 'auto', ...body }) }),
      }),
    );
  const messages = [{ role: 'user', content: 'Hello! @sim {"text":"From Jest"}' }];
  const completion = await (await ask('/v1/chat/completions', { messages })).json();
  expect(completion.choices[0].message.content).toBe('From Jest');
  expect(await (await ask('/metrics')).text()).toContain('gateway_accepted_total');
  expect((await (await ask('/v1/messages/count_tokens', { messages })).json()).input_tokens).toBeGreaterThan(3);
  await gateway.close();
  await client.close();
  await simulator.stop();
});
