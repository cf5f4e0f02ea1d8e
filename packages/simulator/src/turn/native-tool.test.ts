import { describe, expect, it } from 'vitest';
import { ask, newSession, prompt, sim, type WireMessage } from '../testing/raw-client.js';
import { connected } from '../testing/with-simulator.js';

const question = sim({
  text: 'Looking.',
  tools: [{ name: 'read_file', input: { file_path: 'a.ts' } }],
  toolFormat: 'native',
});
const good = { success: true, errorMessage: '', result: { content: 'line 1' } };

const onInvoke =
  (result: unknown) =>
  (message: WireMessage): unknown =>
    message.method === 'tool/invoke' ? { ...(result as object), toolCallId: message.params?.toolCallId } : null;

const syncs = (events: WireMessage[]) =>
  events.filter((m) => m.method === 'tool/call/sync' && m.params?.toolCallId !== '').map((m) => m.params ?? {});
const statuses = (events: WireMessage[]) => syncs(events).map((params) => params.toolCallStatus);

describe('native tools in LSP chat', () => {
  it('go from INIT to FINISHED with the client’s result, REQUEST_FINISHED behind the finish', async () => {
    const { client } = await connected({}, { answer: onInvoke(good) });
    const turn = await ask(client, question);
    const last = await client.wait((m) => m.params?.toolCallStatus === 'REQUEST_FINISHED');
    expect(client.messages.indexOf(last)).toBeGreaterThan(client.messages.findIndex((m) => m.method === 'chat/finish'));
    expect(last.params).toMatchObject({ toolCallId: '', requestId: turn.requestId });
    expect(statuses(turn.events)).toEqual(['INIT', 'RUNNING', 'FINISHED']);
    const invoke = turn.events.find((m) => m.method === 'tool/invoke');
    expect(invoke?.params).toMatchObject({
      name: 'read_file',
      parameters: { file_path: 'a.ts' },
      async: false,
      requestId: turn.requestId,
    });
    expect(syncs(turn.events).at(-1)).toMatchObject({ results: [{ content: 'line 1' }] });
    expect(syncs(turn.events)[0]).not.toHaveProperty('toolName');
    expect(turn).toMatchObject({ text: 'Looking.', finish: { statusCode: 200 } });
  });

  it('fail with the client’s message, and with an empty answer', async () => {
    const refusing = await connected(
      { toolSyncName: true },
      { answer: onInvoke({ success: false, errorMessage: 'no' }) },
    );
    const refused = await ask(refusing.client, question);
    expect(syncs(refused.events).at(-1)).toMatchObject({
      toolCallStatus: 'ERROR',
      errorMsg: 'no',
      toolName: 'read_file',
    });
    const nulls = await ask((await connected()).client, question);
    expect(syncs(nulls.events).at(-1)).toMatchObject({ toolCallStatus: 'ERROR', errorMsg: 'empty tool result' });
  });

  it('time out when nobody answers, and the turn goes on', async () => {
    const silent = (m: WireMessage) => (m.method === 'tool/invoke' ? 'silent' : null);
    const { client } = await connected({ toolTimeoutMs: 30 }, { answer: silent });
    const turn = await ask(client, question);
    expect(syncs(turn.events).at(-1)).toMatchObject({ toolCallStatus: 'ERROR', errorMsg: 'tool invoke timeout' });
    expect(turn.finish.statusCode).toBe(200);
  });

  it('wait for tool/invokeResult with async', async () => {
    const { client } = await connected({ toolInvokeAsync: true, toolCards: true });
    const turn = ask(client, question);
    const invoke = await client.wait((m) => m.method === 'tool/invoke');
    const toolCallId = invoke.params?.toolCallId;
    expect(invoke.params?.async).toBe(true);
    const reply = await client.call('tool/invokeResult', { toolCallId, name: 'read_file', ...good });
    expect(reply.result).toEqual({ status: 'ok' });
    expect(statuses((await turn).events)).toEqual(['INIT', 'RUNNING', 'FINISHED']);
    expect((await turn).text).toBe(`Looking.\n\`\`\`toolCall::read_file::${toolCallId}::INIT\n\`\`\`\n`);
    const results = await client.call('tool/call/results', { sessionId: (await turn).finish.sessionId });
    expect(results.result).toMatchObject({ totalCount: 1, toolCalls: [{ toolCallId, toolCallStatus: 'FINISHED' }] });
  });

  it('ask for approval when told', async () => {
    const { client } = await connected({ toolApproval: 'ask' }, { answer: onInvoke(good) });
    for (const [approval, end] of [
      [true, ['INIT', 'PENDING', 'RUNNING', 'FINISHED']],
      [false, ['INIT', 'PENDING', 'CANCELLED']],
    ] as const) {
      const turn = ask(client, question);
      const seen = client.messages.length;
      const pending = await client.wait(
        (m) => client.messages.indexOf(m) >= seen && m.params?.toolCallStatus === 'PENDING',
      );
      const { sessionId, requestId, toolCallId } = pending.params ?? {};
      await client.call('tool/call/approve', { sessionId, requestId, toolCallId, approval });
      expect(statuses((await turn).events)).toEqual(end);
    }
  });

  it('are called for tools named in tool_config when told', async () => {
    const { client } = await connected({ toolConfig: 'native' }, { answer: onInvoke(good) });
    const extra = { tool_config: { provider: 'anthropic', tools: [{ name: 'read_file', input_schema: {} }] } };
    const turn = await ask(client, sim({ tools: [{ name: 'read_file', input: {} }] }), { extra });
    expect(turn.text).toBe('');
    expect(statuses(turn.events)).toEqual(['INIT', 'RUNNING', 'FINISHED']);
  });
});

describe('native tools in ACP', () => {
  const toolUpdates = (updates: { readonly [key: string]: unknown }[]) =>
    updates.filter((update) => String(update.sessionUpdate).startsWith('tool_call'));

  it('go from pending to completed', async () => {
    const { client } = await connected({}, { answer: onInvoke(good) });
    const turn = await prompt(client, await newSession(client), question);
    const [call, running, done] = toolUpdates(turn.updates);
    expect(call).toMatchObject({
      ...{ sessionUpdate: 'tool_call', title: 'read_file', kind: 'read', status: 'pending' },
      rawInput: { file_path: 'a.ts' },
      _meta: { 'ai-coding/tool-name': 'read_file' },
    });
    expect(running).toMatchObject({ sessionUpdate: 'tool_call_update', status: 'in_progress' });
    expect(done).toMatchObject({
      status: 'completed',
      rawOutput: [{ content: 'line 1' }],
      toolCallId: call?.toolCallId,
    });
    expect(turn).toMatchObject({ text: 'Looking.', finish: { statusCode: 200 } });
  });

  it('ask for permission when told; null is a no', async () => {
    const asked: unknown[] = [];
    const answers: unknown[] = [{ outcome: { outcome: 'selected', optionId: 'allow_once' } }, null];
    const { client } = await connected(
      { toolPermission: 'ask' },
      {
        answer(message) {
          if (message.method !== 'session/request_permission') return onInvoke(good)(message);
          asked.push(message.params);
          return answers.shift();
        },
      },
    );
    const sessionId = await newSession(client);
    const allowed = await prompt(client, sessionId, question);
    expect(toolUpdates(allowed.updates).at(-1)).toMatchObject({ status: 'completed' });
    const denied = await prompt(client, sessionId, question);
    expect(toolUpdates(denied.updates).map((update) => update.status)).toEqual(['pending', 'failed']);
    expect(asked).toMatchObject([{ sessionId, toolCall: { title: 'read_file' } }, { sessionId }]);
  });

  it('bring QoderCN’s task requests with them', async () => {
    const log: string[] = [];
    const { client } = await connected({ taskSync: true, logger: (line) => log.push(line) });
    await prompt(client, await newSession(client), 'hi');
    const asked = client.messages.filter((m) => m.id !== undefined && m.method !== undefined).map((m) => m.method);
    expect(asked.slice(0, 2)).toEqual(['task/status/sync', 'user/inprogress/task/sync']);
    await client.call('ping');
    expect(log).toContain('task/status/sync: 1 success, 0 failed');
  });
});
