import { describe, expect, it } from 'vitest';
import { ask, newSession, prompt, RawClient, sim } from './testing/raw-client.js';
import { connected, eventually, started } from './testing/with-simulator.js';

describe('initialize', () => {
  it('answers both forms alike, ids in the type they came in', async () => {
    const { address, stats } = await started();
    const client = await RawClient.webSocket(address.webSocketUrl);
    const lsp = await client.call(
      'initialize',
      { processId: null, clientInfo: {}, rootUri: 'file:///x', capabilities: {} },
      7,
    );
    const acp = await client.call('initialize', { protocolVersion: 1, clientCapabilities: {}, timestamp: 1 }, 'init-1');
    expect([lsp.id, acp.id]).toEqual([7, 'init-1']);
    expect(lsp.result).toEqual(acp.result);
    expect(lsp.result).toMatchObject({ serverInfo: { name: 'lingma', version: '2.11.1' }, experimental: {} });
    expect(stats.initializes).toBe(2);
  });

  it('repeats protocolVersion when told', async () => {
    const { address } = await started({ echoProtocolVersion: true });
    const client = await RawClient.webSocket(address.webSocketUrl);
    expect((await client.call('initialize', { protocolVersion: 2 })).result).toMatchObject({ protocolVersion: 2 });
  });

  it('must come first', async () => {
    const { address } = await started();
    const client = await RawClient.webSocket(address.webSocketUrl);
    expect((await client.call('ping')).error?.message).toBe('server not initialized');
    await client.initialize();
    expect((await client.call('ping')).result).toEqual({ success: true });
    const allowing = await started({ beforeInitialize: 'allow' });
    const early = await RawClient.webSocket(allowing.address.webSocketUrl);
    expect((await early.call('auth/status', {}, 0)).result).toMatchObject({ status: 2 });
    expect((await early.call('extension/query')).error).toEqual({ code: -32002, message: 'server not initialized' });
    const hanging = await started({ beforeInitialize: 'hang' });
    const other = await RawClient.webSocket(hanging.address.webSocketUrl);
    other.send({ id: 'p', method: 'ping', params: {} });
    await other.initialize();
    expect(other.messages.some((m) => m.id === 'p')).toBe(false);
  });
});

describe('messages', () => {
  it('fails params that are no object, with the captured text', async () => {
    const { client, simulator } = await connected();
    const array = await client.call('extension/query', []);
    expect(array.error?.message).toBe('json: cannot unmarshal array into Go value of type definition.EmptyRequest');
    client.send({ id: 'none', method: 'config/queryModels' });
    const none = await client.wait((m) => m.id === 'none');
    expect(none.error?.message).toBe('json: cannot unmarshal array into Go value of type struct {}');
    expect(simulator.stats.protocolErrors).toBe(2);
  });

  it('answers unknown requests with -32601 and ignores unknown notifications', async () => {
    const log: string[] = [];
    const { client, simulator } = await connected({ logger: (line) => log.push(line) });
    client.notify('initialized', {});
    client.notify('$/cancelRequest', { id: 1 });
    const unknown = await client.call('no/such');
    expect(unknown.error).toEqual({ code: -32601, message: 'method not found: no/such' });
    expect(log).toContain('err occur in initialized, isReq: false, err: unknown method: initialized');
    expect(simulator.stats.protocolErrorDetails).toEqual(['unknown method: no/such']);
    expect(simulator.stats.calls).toMatchObject({ initialize: 1, initialized: 1, 'no/such': 1 });
  });

  it('drops bare JSON with a log line and nothing else', async () => {
    const log: string[] = [];
    const { client, simulator } = await connected({ logger: (line) => log.push(line) });
    const before = client.messages.length;
    client.raw('{"jsonrpc":"2.0","id":99,"method":"ping","params":{}}');
    await client.call('ping');
    expect(client.messages).toHaveLength(before + 1);
    expect(log).toContain('Unknown message header');
    expect(simulator.stats.protocolErrors).toBe(1);
  });

  it('answers invalid JSON in a frame with a parse error', async () => {
    const { client } = await connected();
    client.raw('Content-Length: 5\r\n\r\n{oops');
    expect((await client.wait((m) => m.error?.code === -32700)).error).toBeDefined();
  });

  it('counts an answer to nothing as an error', async () => {
    const { client, simulator } = await connected();
    client.send({ id: 4711, result: null });
    await client.call('ping');
    expect(simulator.stats.protocolErrorDetails).toEqual(['answer to no request: 4711']);
  });
});

describe('small methods', () => {
  it('gives models by scene, none when logged out, and other shapes when told', async () => {
    const { client, simulator } = await connected();
    const { result } = await client.call('config/queryModels');
    const scenes = result as Record<string, { key: string; format: string }[]>;
    expect(Object.keys(scenes)).toEqual(['assistant', 'chat', 'developer', 'inline', 'quest']);
    expect(scenes.assistant?.[0]).toMatchObject({
      key: 'org_auto',
      displayName: 'Auto',
      format: 'openai',
      source: 'system',
    });
    simulator.setLoggedIn(false);
    expect((await client.call('config/queryModels')).result).toEqual({});
    simulator.setLoggedIn(true);
    simulator.setModels([{ key: 'only', displayName: 'Only' }]);
    simulator.setSwitches({ modelsShape: 'array' });
    expect((await client.call('config/queryModels')).result).toMatchObject([{ key: 'only' }]);
    await client.wait((m) => m.method === 'model/refresh');
    expect(client.methods()).toContain('auth/report');
  });

  it('tells the login state and logs out', async () => {
    const { client } = await connected();
    const status = async () => (await client.call('auth/status')).result;
    expect(await status()).toMatchObject({ status: 2, name: 'simulator', userType: 'personal_standard', whitelist: 3 });
    expect((await client.call('auth/logout')).result).toEqual({ success: true });
    expect(await status()).toEqual({
      ...{ status: 1, name: '', id: '', accountId: '', token: '', refreshToken: '' },
      ...{ expireTime: 0, userType: '', whitelist: 0, privacyPolicyAgreed: false },
    });
    expect((await client.call('auth/login', { loginType: '' })).result).toMatchObject({ success: true });
  });

  it.each([
    ['dataPolicy/query', {}],
    ['feature/getFeatureFlags', {}],
    ['model/getByokConfig', {}],
    ['wiki/getStatus', {}],
    ['statistics/general', {}],
    ['auth/profile/getGlobalConfig', {}],
    ['webview/mcpSetting/overview', {}],
    ['webview/memory/count', {}],
    ['kb/list', []],
    ['extension/contextProvider/loadComboBoxItems', []],
    ['snapshot/listBySession', []],
    ['chat/quota/doNotRemindAgain', { requestId: '', errorCode: '', errorMessage: '', success: true }],
  ])('%s answers', async (method, result) => {
    const { client, simulator } = await connected();
    expect((await client.call(method)).result).toEqual(result);
    expect(simulator.stats.protocolErrors).toBe(0);
  });

  it('refreshes a token, with a push behind it, and takes the login of a device', async () => {
    const { client, simulator } = await connected();
    const params = { securityOauthToken: 'x', refreshToken: 'y', tokenExpireTime: 1 };
    const refreshed = await client.call('auth/refreshToken', params);
    expect(refreshed.result).toMatchObject({ success: true, errorCode: '', name: 'simulator' });
    const push = await client.wait((m) => m.method === 'auth/syncTokenUpdate');
    expect(push.params).toMatchObject({ status: 2, token: expect.stringMatching(/^pt-/) });
    simulator.setLoggedIn(false);
    expect((await client.call('auth/syncUserInfo')).result).toMatchObject({ success: false, uid: '' });
    expect((await client.call('auth/device_login', { token: '' })).result).toMatchObject({ success: false });
    const device = { token: 't', refreshToken: 'r', expiresIn: '', expireTime: 1, userId: 'u', username: 'n' };
    expect((await client.call('auth/device_login', device)).result).toMatchObject({ success: true });
    expect((await client.call('auth/syncUserInfo')).result).toMatchObject({ success: true });
  });

  it('gives the address of a profile page that is there', async () => {
    const { client } = await connected();
    const { url } = (await client.call('auth/profile/getUrl')).result as { url: string };
    expect(url).toMatch(/\/profile\?state=[0-9a-f]{32}$/);
    expect((await fetch(url)).status).toBe(200);
  });

  it('fails where the real one fails', async () => {
    const { client } = await connected();
    const messages = ['user/plan', 'credit/usage', 'model/queryClasses'].map(async (m) => (await client.call(m)).error);
    expect(await Promise.all(messages)).toEqual([
      { code: -32603, message: 'failed to get user plan info: HTTP status 404' },
      { code: -32603, message: 'get user credit info error: HTTP status 400' },
      { code: -32603, message: 'no model config for scene: ' },
    ]);
  });

  it('takes pictures and reports their address in a notification', async () => {
    const { client, simulator } = await connected();
    const imageUri = 'data:image/png;base64,iVBORw0KGgo=';
    const reply = await client.call('image/upload', { imageUri, requestId: 'up-1' });
    expect(reply.result).toEqual({ requestId: 'up-1', errorCode: '', errorMessage: '', result: { success: true } });
    const note = await client.wait((m) => m.method === 'image/uploadResultNotification');
    expect(note.id).toBeUndefined();
    const imageUrl = (note.params?.result as { imageUrl: string } | undefined)?.imageUrl;
    const turn = await ask(client, sim({ echo: 'images' }), { chatContext: { imageUrls: [imageUrl, 'http://else'] } });
    expect(turn.text).toBe('1');
    const bad = await client.call('image/upload', { imageUri: '/no/such/file.png', requestId: 'up-2' });
    expect(bad.result).toMatchObject({ result: { success: false } });
    simulator.setSwitches({ imageUpload: 'fail' });
    await client.call('image/upload', { imageUri, requestId: 'up-3' });
    const failed = await client.wait(
      (m) => (m.params?.result as { requestId?: string } | undefined)?.requestId === 'up-3',
    );
    expect(failed.params).toMatchObject({ errorCode: 'image_upload_failed', result: { imageUrl: '' } });
  });
});

describe('framing switches', () => {
  const text = 'héllo 你好 🌍 '.repeat(20);

  it.each(['whole', 'split', 'merge'] as const)(
    '%s frames carry the same turns, on both transports',
    async (frames) => {
      const { simulator, client } = await connected({ frames, headerCase: 'lower', extraHeaders: true });
      const socket = await RawClient.socket(simulator.address.socketPath);
      await socket.initialize();
      for (const raw of [client, socket]) {
        expect((await ask(raw, sim({ text, chunks: 30 }))).text).toBe(text);
        expect((await prompt(raw, await newSession(raw), sim({ text, chunks: 30 }))).text).toBe(text);
      }
      const frameCount = client.messages.length;
      if (frames === 'whole') expect(client.chunks).toHaveLength(frameCount);
      if (frames === 'split') expect(client.chunks.length).toBeGreaterThan(frameCount * 3);
      if (frames === 'merge') expect(client.chunks.length).toBeLessThan(frameCount);
    },
  );
});

describe('hindrances', () => {
  it('fails turns when logged out, in three ways', async () => {
    const { client, simulator } = await connected({ loggedOut: true });
    expect((await ask(client, 'x')).finish).toMatchObject({ statusCode: 401, reason: 'not login' });
    simulator.setSwitches({ notLoggedIn: 'rpc-error' });
    expect((await client.call('chat/ask', { requestId: 'r', questionText: 'x' })).error?.message).toBe('not login');
    simulator.setSwitches({ notLoggedIn: 'silence' });
    client.notify('chat/ask', { requestId: 'r2', questionText: 'x' });
    await eventually(() => simulator.stats.turnsActive === 1);
  });

  it('fails turns for lack of quota with a text about prices and code 112', async () => {
    const { client } = await connected({ quotaExceeded: true, quota: 'finish-112' });
    const lsp = await ask(client, 'x');
    const acp = await prompt(client, await newSession(client), 'x');
    for (const { text, finish } of [lsp, acp]) {
      expect(JSON.parse(text)).toMatchObject({ pricingUrl: expect.stringMatching(/^https:/) });
      expect(finish).toMatchObject({ statusCode: 112, reason: 'error', fullAnswer: text });
    }
  });

  it('fails turns for lack of quota, in three ways, in both dialects', async () => {
    const { client, simulator } = await connected({ quotaExceeded: true });
    const sessionId = await newSession(client);
    expect((await ask(client, 'x')).finish).toMatchObject({ statusCode: 429, reason: 'quota exceeded' });
    expect((await prompt(client, sessionId, 'x')).finish).toMatchObject({ statusCode: 429 });
    simulator.setSwitches({ quota: 'text' });
    expect(await ask(client, 'x')).toMatchObject({ text: 'quota exceeded', finish: { statusCode: 200 } });
    simulator.setSwitches({ quota: 'chat-error' });
    client.notify('chat/ask', { requestId: 'r', questionText: 'x' });
    await client.wait((m) => m.method === 'chat/error');
  });

  it('times out and filters as told', async () => {
    const { client } = await connected({ modelTimeout: 'finish' });
    expect((await ask(client, 'x')).finish).toMatchObject({ statusCode: 408, reason: 'timeout' });
    const filtering = await connected({ filter: 'finish' });
    const turn = await ask(filtering.client, sim({ finish: 'content_filter' }));
    expect(turn.finish).toMatchObject({ statusCode: 400, reason: 'content_filter' });
  });
});
