import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { newSession, prompt, RawClient, sim, updateOf } from './testing/raw-client.js';
import { connected, eventually } from './testing/with-simulator.js';

const KEY = 'ai-coding/request-id';

describe('session/new', () => {
  it('gives an id, then tells of commands', async () => {
    const { client, simulator } = await connected();
    const sessionId = await newSession(client);
    const update = await client.wait((m) => updateOf(m).sessionUpdate === 'available_commands_update');
    expect(update.params).toMatchObject({ sessionId });
    expect(update.id).toBeUndefined();
    expect(simulator.stats).toMatchObject({ sessionsCreated: 1, sessionsOpen: 1 });
  });

  it('needs a folder that exists', async () => {
    const { client } = await connected();
    const error = { code: -32603, message: 'cannot get workspace folder' };
    expect((await client.call('session/new', { cwd: `${tmpdir()}/no such folder` })).error).toEqual(error);
    expect((await client.call('session/new', {})).error).toEqual(error);
  });

  it('is unknown or unanswered where ACP is absent', async () => {
    const absent = await connected({ acp: 'absent' });
    expect((await absent.client.call('session/new', { cwd: tmpdir() })).error?.code).toBe(-32601);
    const silent = await connected({ acp: 'silent' });
    silent.client.send({ id: 'n', method: 'session/new', params: { cwd: tmpdir() } });
    await silent.client.call('ping');
    expect(silent.client.messages.some((m) => m.id === 'n')).toBe(false);
  });
});

describe('session/prompt', () => {
  it('plays the captured turn of the Lingma IDE', async () => {
    const { client } = await connected({ profile: 'lingma-ide-0.7' });
    const sessionId = await newSession(client);
    const turn = await prompt(client, sessionId, sim({ text: 'IPC_OK_2', chunks: 2 }));
    expect(turn.reply.result).toBeNull();
    expect(turn.deltas.join('')).toBe('IPC_OK_2');
    expect(turn.finish).toMatchObject({ reason: 'success', statusCode: 200, fullAnswer: '' });
    const order = client.messages.flatMap((m) => {
      const kind = updateOf(m).type ?? updateOf(m).sessionUpdate ?? m.params?.step ?? m.method;
      return m.method === undefined ? [] : [kind];
    });
    expect(order).toEqual([
      'available_commands_update',
      'step_start',
      'step_end',
      'snapshot/syncAll',
      'session/title/update',
      'agent_message_chunk',
      'agent_message_chunk',
      'context_usage',
      'chat_finish',
    ]);
    const withIds = client.messages.filter((m) => m.method !== undefined && m.id !== undefined).map((m) => m.method);
    expect(withIds).toEqual(['chat/process_step_callback', 'chat/process_step_callback', 'session/title/update']);
  });

  it('fails with the captured messages', async () => {
    const { client } = await connected({ profile: 'qodercn-1.26', machineToken: false, wsPath: '/' });
    const sessionId = await newSession(client);
    const parts = [{ type: 'text', text: 'x' }];
    const call = async (params: object) => (await client.call('session/prompt', { prompt: parts, ...params })).error;
    expect(await call({ sessionId, _meta: {} })).toEqual({ code: -32603, message: 'requestId is empty' });
    expect(await call({ sessionId, _meta: { [KEY]: 'r' } })).toMatchObject({ message: 'model key is empty' });
    expect(await call({ sessionId: 'nowhere', _meta: { [KEY]: 'r' } })).toMatchObject({
      message: 'model key is empty',
    });
    await client.call('session/load', { sessionId: 'blank_session_quest', cwd: tmpdir(), mcpServers: [] });
    await client.call('session/set_model', { sessionId: 'blank_session_quest', modelId: 'kmodel' });
    expect(await call({ sessionId: 'blank_session_quest', _meta: { [KEY]: 'r' } })).toMatchObject({
      message: 'model key is empty',
    });
    await client.call('session/set_model', { sessionId, modelId: 'kmodel' });
    expect((await prompt(client, sessionId, sim({ text: 'fine' }))).text).toBe('fine');
  });

  it('takes one prompt at a time per session, many sessions side by side', async () => {
    const { client } = await connected();
    const sessionId = await newSession(client);
    const running = prompt(client, sessionId, sim({ text: 'slow', delayMs: 20 }));
    await client.wait((m) => updateOf(m).sessionUpdate === 'agent_message_chunk');
    const second = await client.call('session/prompt', { sessionId, prompt: [], _meta: { [KEY]: 'other' } });
    expect(second.error?.message).toContain('busy');
    expect((await running).text).toBe('slow');
    const sessions = await Promise.all(Array.from({ length: 20 }, () => newSession(client)));
    const turns = await Promise.all(sessions.map((id, i) => prompt(client, id, sim({ text: `n${i}`, delayMs: 1 }))));
    expect(turns.map((turn) => turn.text)).toEqual(sessions.map((_, i) => `n${i}`));
  });

  it.each([
    ['stop-reason', { stopReason: 'end_turn' }],
    ['base', { success: true, errorCode: '', stopReason: 'end_turn' }],
    ['empty', {}],
  ] as const)('replies with %s', async (promptResult, expected) => {
    const { client } = await connected({ promptResult });
    const turn = await prompt(client, await newSession(client), 'hi');
    expect(turn.reply.result).toMatchObject(expected);
    expect(client.messages.at(-1)).toBe(turn.reply);
  });

  it('replies before the stream when told', async () => {
    const { client } = await connected({ promptReply: 'before' });
    const turn = await prompt(client, await newSession(client), 'hi');
    const first = client.messages.findIndex((m) => updateOf(m).sessionUpdate === 'agent_message_chunk');
    expect(client.messages.indexOf(turn.reply)).toBeLessThan(first);
  });

  it('puts the request id where told', async () => {
    const inUpdate = await connected({ requestIdPlace: 'update' });
    const turn = await prompt(inUpdate.client, await newSession(inUpdate.client), 'hi');
    expect(turn.updates.every((update) => (update._meta as Record<string, unknown>)[KEY] === turn.requestId)).toBe(
      true,
    );
    const { client } = await connected({ requestIdPlace: 'none' });
    const sessionId = await newSession(client);
    const call = client.call('session/prompt', {
      ...{ sessionId, prompt: [{ type: 'text', text: 'hi' }] },
      _meta: { [KEY]: 'r' },
    });
    await call;
    const chunk = await client.wait((m) => updateOf(m).sessionUpdate === 'agent_message_chunk');
    expect(JSON.stringify(chunk)).not.toContain(KEY);
  });

  it('thinks in agent_thought_chunk, content as an array when told', async () => {
    const { client } = await connected({ acpContent: 'object' });
    const turn = await prompt(client, await newSession(client), sim({ text: 'so', reasoning: 'hmm well', chunks: 2 }));
    const thoughts = turn.updates.filter((update) => update.sessionUpdate === 'agent_thought_chunk');
    expect(thoughts.map((update) => update.content)).toEqual([
      { type: 'text', text: 'hmm ' },
      { type: 'text', text: 'well' },
      { type: 'text', text: '' },
    ]);
    expect(turn.text).toBe('so');
    const array = await connected({ acpContent: 'array', thoughtContent: 'reasoning' });
    const other = await prompt(array.client, await newSession(array.client), sim({ reasoning: 'hm', chunks: 1 }));
    expect(other.updates[0]).toMatchObject({ content: [{ type: 'reasoning', text: 'hm' }] });
    const tag = await connected({ thinking: 'tag' });
    const tagged = await prompt(tag.client, await newSession(tag.client), sim({ text: 'so', reasoning: 'hm' }));
    expect(tagged.text).toBe('<think>\nhm\n</think>\n\nso');
  });

  it('reports usage and the ways to end', async () => {
    const { client } = await connected();
    const sessionId = await newSession(client);
    const length = await prompt(client, sessionId, sim({ finish: 'length', usage: { input: 7, output: 3 } }));
    expect(length.updates.find((update) => update.type === 'context_usage')?.data).toMatchObject({ usedTokens: 10 });
    expect(length.finish).toMatchObject({ reason: 'max_tokens', statusCode: 200 });
    expect(length.reply.result).toEqual({ stopReason: 'max_tokens' });
    const failed = await prompt(
      client,
      sessionId,
      sim({ text: 'abcd', error: { status: 502, message: 'bad', afterChunks: 1 } }),
    );
    expect(failed).toMatchObject({ deltas: ['a'], finish: { reason: 'bad', statusCode: 502 } });
  });

  it('fails the request itself when told', async () => {
    const { client } = await connected({ errorForm: 'rpc-error' });
    const sessionId = await newSession(client);
    const { error } = await client.call('session/prompt', {
      ...{ sessionId, prompt: [{ type: 'text', text: sim({ error: { status: 500, message: 'boom' } }) }] },
      _meta: { [KEY]: 'r' },
    });
    expect(error).toEqual({ code: -32603, message: 'boom' });
  });

  it('ends in the other ways clients tolerate', async () => {
    const { client, simulator } = await connected({ acpEnd: 'prompt-completed' });
    const sessionId = await newSession(client);
    const params = (text: string, id: string) => ({
      ...{ sessionId, prompt: [{ type: 'text', text }], _meta: { [KEY]: id } },
    });
    const failing = sim({ error: { status: 112, message: 'no' } });
    await client.call('session/prompt', params(sim({ finish: 'length' }), 'r1'));
    await client.call('session/prompt', params(failing, 'r2'));
    simulator.setSwitches({ acpEnd: 'lsp-finish' });
    await client.call('session/prompt', params(failing, 'r3'));
    const ends = client.messages
      .map((m) => (m.method === 'chat/finish' ? m.params : updateOf(m)))
      .filter((end) => end?.statusCode !== undefined || /completed|error/.test(String(end?.sessionUpdate)));
    expect(ends).toMatchObject([
      { sessionUpdate: 'prompt_completed', data: { requestId: 'r1', reason: 'max_tokens', statusCode: 200 } },
      { sessionUpdate: 'error', code: 112, message: 'no' },
      { requestId: 'r3', statusCode: 112, reason: 'no' },
    ]);
    expect(client.messages.some((m) => updateOf(m).type === 'chat_finish')).toBe(false);
  });

  it('is cancelled by session/cancel', async () => {
    const { client, simulator } = await connected();
    const sessionId = await newSession(client);
    const turn = prompt(client, sessionId, sim({ silence: true }));
    await eventually(() => simulator.stats.turnsActive === 1);
    client.notify('session/cancel', { sessionId });
    expect((await turn).finish).toMatchObject({ reason: 'cancelled' });
    expect((await turn).reply.result).toEqual({ stopReason: 'cancelled' });
    expect(simulator.stats.stops).toMatchObject([{ method: 'session/cancel', sessionId, turns: 1 }]);
  });

  it('counts pictures it can read', async () => {
    const image = {
      type: 'image',
      mimeType: 'image/png',
      uri: 'lingma:///agent/file?path=%2Fno%2Fsuch.png',
      data: 'AAAA',
    };
    const count = async (imageSource: 'any' | 'file' | 'data'): Promise<string> => {
      const { client } = await connected({ imageSource });
      const sessionId = await newSession(client);
      const params = {
        sessionId,
        prompt: [{ type: 'text', text: sim({ echo: 'images' }) }, image],
        _meta: { [KEY]: 'r' },
      };
      await client.call('session/prompt', params);
      const chunk = await client.wait((m) => updateOf(m).sessionUpdate === 'agent_message_chunk');
      return (updateOf(chunk).content as { text: string }).text;
    };
    expect([await count('any'), await count('data'), await count('file')]).toEqual(['1', '1', '0']);
  });
});

describe('session/load', () => {
  it('replays the history and forgets the model', async () => {
    const { client, simulator } = await connected();
    const sessionId = await newSession(client, 'kmodel');
    await prompt(client, sessionId, sim({ text: 'remember' }));
    const other = await RawClient.webSocket(simulator.address.webSocketUrl);
    await other.initialize();
    expect((await other.call('session/load', { sessionId, cwd: tmpdir(), mcpServers: [] })).result).toEqual({
      sessionId,
    });
    const replayed = other.messages.map(updateOf).filter((update) => update.sessionUpdate !== undefined);
    expect(replayed.map((update) => update.sessionUpdate)).toEqual(['user_message_chunk', 'agent_message_chunk']);
    expect(other.messages.filter((m) => m.method === 'session/update').map((m) => m.params?._meta)).toMatchObject([
      { 'ai-coding/streamed': false },
      { 'ai-coding/streamed': false },
    ]);
    const { error } = await other.call('session/prompt', { sessionId, prompt: [], _meta: { [KEY]: 'r' } });
    expect(error?.message).toBe('model key is empty');
    expect((await other.call('session/load', { sessionId: 'nowhere' })).error?.message).toContain('session not found');
  });

  it('tells thoughts, plan and tool calls too, and its record has them', async () => {
    const result = { toolCallId: 'x', name: 'ls', success: true, result: { content: 'a.ts' } };
    const { client } = await connected({}, { answer: (m) => (m.method === 'tool/invoke' ? result : null) });
    const sessionId = await newSession(client);
    const turn = await prompt(
      client,
      sessionId,
      sim({ reasoning: 'hm', text: 'done', plan: ['look'], tools: [{ name: 'ls', input: {} }], toolFormat: 'native' }),
    );
    const plan = { sessionUpdate: 'plan', entries: [{ content: 'look', priority: 'medium', status: 'pending' }] };
    expect(turn.updates).toContainEqual(plan);
    await prompt(client, sessionId, sim({ error: { status: 500, message: 'boom' } }));
    const before = client.messages.length;
    await client.call('session/load', { sessionId, cwd: tmpdir(), mcpServers: [] });
    const replayed = client.messages.slice(before).map(updateOf);
    expect(replayed.slice(1, 6)).toMatchObject([
      { sessionUpdate: 'agent_thought_chunk', content: { text: 'hm' } },
      plan,
      { sessionUpdate: 'tool_call', title: 'ls', status: 'pending' },
      { sessionUpdate: 'tool_call_update', status: 'completed', rawOutput: [{ content: 'a.ts' }] },
      { sessionUpdate: 'agent_message_chunk', content: { text: 'done' } },
    ]);
    const { result: session } = await client.call('chat/getSessionById', { sessionId });
    expect((session as { chatRecords: object[] }).chatRecords).toMatchObject([
      { answer: 'done', reasoningContent: 'hm', sessionType: 'quest', finishStatus: 0, errorResult: null },
      { answer: '', finishStatus: 1, errorResult: { errorCode: '500', errorMessage: 'boom' } },
    ]);
  });
});

describe('what was said elsewhere', () => {
  it('is put at the end of a session, which is made if need be, and renamed', async () => {
    const { client } = await connected();
    const messages = [
      { role: 'user', content: 'earlier @sim {"text":"from then"}' },
      { role: 'assistant', content: 'an answer' },
    ];
    const append = (more: object) => client.call('session/appendHistoryTurn', { messages, requestId: 'r', ...more });
    expect((await append({ sessionId: 'mine' })).result).toMatchObject({
      appendedMessageIds: [expect.any(String), expect.any(String)],
      createdSession: true,
    });
    expect((await append({ sessionId: 'mine' })).result).toMatchObject({ createdSession: false });
    await client.call('session/set_model', { sessionId: 'mine', modelId: 'kmodel' });
    expect((await prompt(client, 'mine', 'and now?')).text).toBe('from then');
    expect((await append({ sessionId: 'mine', messages: [] })).error?.message).toBe('messages is empty');
    await client.call('chat/renameSession', { sessionId: 'mine', newTitle: 'New' });
    expect((await client.call('session/generateTitle', { sessionId: 'mine' })).result).toMatchObject({ title: 'New' });
  });
});
