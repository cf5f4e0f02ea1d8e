/** No client ends the process, whatever it sends. */
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { newSession, RawClient, sim } from './testing/raw-client.js';
import { connected, eventually, started } from './testing/with-simulator.js';

const KEY = 'ai-coding/request-id';
const ODD: readonly unknown[] = [null, true, 0, -1, 1e300, '', 'x', [], [[]], {}, { toString: 1 }, { __proto__: null }];
const deep = (open: string, close: string, levels = 20_000): string => open.repeat(levels) + close.repeat(levels);

it('odd values at every place of every call - the process answers on', async () => {
  const { client, simulator } = await connected();
  const methods = Object.entries({
    initialize: ['workspaceFolders', 'ideSeries', 'protocolVersion'],
    'chat/ask': ['requestId', 'sessionId', 'questionText', 'chatContext', 'extra', 'tool_config', 'stream', 'mode'],
    'chat/stop': ['requestId', 'sessionId'],
    'chat/getSessionById': ['sessionId', 'id'],
    'session/new': ['cwd', '_meta', 'mcpServers'],
    'session/load': ['sessionId', '_meta'],
    'session/prompt': ['sessionId', 'prompt', '_meta', 'tool_config'],
    'session/appendHistoryTurn': ['sessionId', 'messages', 'requestId'],
    'session/set_model': ['sessionId', 'modelId'],
    'image/upload': ['imageUri', 'requestId'],
    'tool/invokeResult': ['toolCallId', 'result'],
    'auth/device_login': ['token', 'userId'],
  });
  const sessionId = await newSession(client);
  let id = 1000;
  for (const [method, members] of methods) {
    for (const value of ODD) {
      client.send({ id: ++id, method, params: value });
      client.send({ id: value, method, params: {} });
      for (const member of members) {
        const usual = {
          sessionId,
          requestId: `r${id}`,
          _meta: { [KEY]: `r${id}` },
          prompt: [{ type: 'text', text: 'x' }],
        };
        client.send({ id: ++id, method, params: { ...usual, [member]: value } });
      }
    }
  }
  for (const value of ODD) {
    client.send({ id: value, result: value });
    client.send({ id: value, error: value });
    client.send({ id: 1, error: { code: value, message: value } });
    client.send({ method: value, params: {} });
  }
  for (const name of ['__proto__', 'constructor', 'toString', 'x'.repeat(100_000)])
    client.send({ id: ++id, method: name, params: {} });
  expect((await client.call('ping')).result).toEqual({ success: true });
  expect(simulator.stats.protocolErrorDetails.every((detail) => detail.length <= 300)).toBe(true);
});

it('depth without end - in messages, directives and their tools', async () => {
  const { client } = await connected();
  const body = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  client.raw(body(deep('[', ']')));
  client.raw(body(`{"id":${deep('[', ']')},"method":"ping","params":{}}`));
  client.raw(body(`{"id":1,"error":{"message":${deep('{"a":', '}').replace('{"a":}', '{"a":1}')}}}`));
  const nested = [
    deep('{"steps":[', ']}').replace('{"steps":[]}', '{"text":"inner"}'),
    `{"tools":[{"name":"t","input":{"a":${deep('[', ']')}}}]}`,
    `{"toolFormat":"tool_code","tools":[{"name":"t","input":{"a":${deep('[', ']')}}}]}`,
    `{"toolFormat":"native","tools":[{"name":"t","input":{"a":${deep('[', ']')}}}]}`,
    `{"error":{"status":1,"message":"m","data":${deep('[', ']')}}}`,
  ];
  for (const [index, directive] of nested.entries()) {
    client.send({
      id: `d${index}`,
      method: 'chat/ask',
      params: { requestId: `d${index}`, questionText: `@sim ${directive}` },
    });
  }
  expect((await client.call('ping')).result).toEqual({ success: true });
});

it('a turn that cannot be played - ends with an error, and the process goes on', async () => {
  const { client, simulator } = await connected();
  const tool = `{"toolFormat":"native","tools":[{"name":"t","input":{"a":${deep('[', ']')}}}]}`;
  client.notify('chat/ask', { requestId: 'r', questionText: `@sim ${tool}` });
  const finish = await client.wait((m) => m.method === 'chat/finish');
  expect(finish.params).toMatchObject({ requestId: 'r', statusCode: 500 });
  await eventually(() => simulator.stats.turnsActive === 0);
});

it('marks of directives without number - a step a character', async () => {
  const { client } = await connected();
  const before = process.cpuUsage().user;
  client.notify('chat/ask', { requestId: 'r', questionText: '@sim {"a":'.repeat(100_000) });
  await client.wait((m) => m.method === 'chat/finish');
  // Reading each to its end takes minutes; CPU time, so that a busy machine changes nothing.
  expect(process.cpuUsage().user - before).toBeLessThan(5_000_000);
});

it('broken frames and sudden ends - cost the one connection at most', async () => {
  const simulator = await started();
  const { webSocketUrl, socketPath } = simulator.address;
  for (const bytes of [
    'Content-Length: 99999999999\r\n\r\n',
    'Content-Length: -1\r\n\r\n',
    '\0\xff\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
  ]) {
    for (const client of [await RawClient.webSocket(webSocketUrl), await RawClient.socket(socketPath)]) {
      client.raw(bytes);
      client.close();
    }
  }
  const client = await RawClient.socket(socketPath);
  await client.initialize();
  client.notify('chat/ask', { requestId: 'r', questionText: sim({ text: 'still here' }) });
  await client.wait((m) => m.method === 'chat/finish');
});

it('a client that asks on and never reads - is cut off', async () => {
  const simulator = await started();
  const socket = connect(simulator.address.socketPath);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  socket.pause();
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    socket.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  };
  send({ id: 0, method: 'initialize', params: {} });
  await eventually(() => simulator.stats.connectionsOpen === 1);
  const big = { id: 'x'.repeat(1024 * 1024), method: 'ping', params: {} };
  for (let i = 0; i < 90; i += 1) send(big);
  await eventually(() => simulator.stats.connectionsOpen === 0);
  socket.resume();
  await closed;
  await (await RawClient.socket(simulator.address.socketPath)).initialize();
});
