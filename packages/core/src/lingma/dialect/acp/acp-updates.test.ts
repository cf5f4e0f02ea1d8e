import { describe, expect, it } from 'vitest';
import type { ToolDefinition } from '../../../chat/index.js';
import type { JsonObject, JsonValue } from '../../../util/index.js';
import { result, texts } from '../testing/read-run.js';
import { SESSION, type StartedAcp as Started, startAcp as start } from '../testing/start-acp.js';

describe('session/update', () => {
  const places: readonly (readonly [string, (id: string) => JsonObject, (id: string) => JsonObject])[] = [
    ['params', (id) => ({ _meta: { 'ai-coding/request-id': id } }), () => ({})],
    ['update', () => ({}), (id) => ({ _meta: { 'ai-coding/request-id': id } })],
    ['none', () => ({}), () => ({})],
  ];
  it.each(places)('request id - in %s', async (_name, inParams, inUpdate) => {
    const started = start();
    const send = (id: string, text: string): void =>
      started.update(
        { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, ...inUpdate(id) },
        inParams(id),
      );
    send(started.requestId, 'mine');
    if (_name !== 'none') send('other', 'NOT MINE');
    started.update({ sessionUpdate: 'notification', type: 'chat_finish', data: { statusCode: 200 } }, {});
    expect(await texts(started)).toEqual(['text: mine']);
  });

  it('session - another one is not ours, whatever request it names', async () => {
    const started = start();
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'NOT MINE' } };
    const _meta = { 'ai-coding/request-id': started.requestId };
    started.peer.emit('session/update', { sessionId: 'theirs', _meta, update });
    started.text('mine');
    started.finish();
    expect(await texts(started)).toEqual(['text: mine']);
  });

  it('session - others are not ours', async () => {
    const started = start();
    started.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'NO' } }, { sessionId: 'x' });
    started.update({ sessionUpdate: 'notification', type: 'chat_finish', data: {} }, { sessionId: 'x' });
    started.text('yes');
    started.finish();
    expect(await texts(started)).toEqual(['text: yes']);
  });

  it('finish - of an earlier request in the same session is not ours', async () => {
    const started = start();
    started.update({ sessionUpdate: 'notification', type: 'chat_finish', data: { requestId: 'earlier' } }, {});
    started.text('yes');
    started.finish();
    expect(await texts(started)).toEqual(['text: yes']);
  });

  const contents: readonly (readonly [string, JsonValue])[] = [
    ['an object', { type: 'text', text: 'ab' }],
    [
      'an array',
      [
        { type: 'text', text: 'a' },
        { type: 'image', data: '' },
        { type: 'text', text: 'b' },
      ],
    ],
    ['a string', 'ab'],
  ];
  it.each(contents)('content - %s', async (_name, content) => {
    const started = start();
    started.update({ sessionUpdate: 'agent_thought_chunk', content });
    started.update({ sessionUpdate: 'agent_message_chunk', content });
    started.finish();
    expect(await texts(started)).toEqual(['reasoning: ab', 'text: ab']);
  });

  it('noise - is no answer', async () => {
    const started = start();
    started.update({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text: 'Hi' } });
    started.update({ sessionUpdate: 'available_commands_update', availableCommands: [] });
    started.update({ sessionUpdate: 'plan', entries: [] });
    started.peer.emit('chat/process_step_callback', { requestId: started.requestId, step: 'step_end' }, 3);
    started.peer.emit('snapshot/syncAll', {}, 4);
    started.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: '' } });
    started.text('a');
    started.finish();
    expect(await texts(started)).toEqual(['text: a']);
  });

  const usages: readonly (readonly [string, (started: Started) => unknown])[] = [
    [
      'context_usage',
      (started) =>
        started.update({
          sessionUpdate: 'notification',
          type: 'context_usage',
          data: { usedTokens: 13, limitTokens: 99 },
        }),
    ],
    ['usage_update', (started) => started.update({ sessionUpdate: 'usage_update', used: 13, size: 99 })],
    [
      'context/usage/sync',
      (started) => started.peer.emit('context/usage/sync', { sessionId: SESSION, usedTokens: 13 }),
    ],
    [
      'usage in a chunk',
      (started) =>
        started.update({
          sessionUpdate: 'agent_message_chunk',
          content: { type: 'text', text: '' },
          _meta: { usage: { inputTokens: 10, outputTokens: 3 } },
        }),
    ],
  ];
  it.each(usages)('usage - %s', async (name, report) => {
    const started = start();
    // A sum alone is shared out by a guess.
    const origin = name === 'usage in a chunk' ? 'reported' : 'estimated';
    started.text('abc');
    report(started);
    started.finish();
    expect((await result(started)).usage).toEqual({ inputTokens: 10, outputTokens: 3, origin });
  });
});

describe('tools', () => {
  const tool: ToolDefinition = { kind: 'function', name: 'read_file', inputSchema: {} };
  const CALL = {
    sessionUpdate: 'tool_call',
    toolCallId: 'call_1',
    title: 'Read a.ts',
    status: 'pending',
    rawInput: { file_path: 'a.ts' },
    _meta: { 'ai-coding/tool-name': 'read_file' },
  };

  const options = [
    { optionId: 'yes', name: 'Always', kind: 'allow_always' },
    { optionId: 'no-1', name: 'Allow?', kind: 'reject_once' },
    { optionId: 'no-2', name: 'Never', kind: 'reject_always' },
  ];
  it('permission - is refused by kind', async () => {
    const started = start();
    const ask = (list: JsonValue) =>
      started.peer.emit(
        'session/request_permission',
        { sessionId: SESSION, toolCall: { toolCallId: 'c' }, options: list },
        1,
      );
    expect(ask(options)).toEqual({ outcome: { outcome: 'selected', optionId: 'no-1' } });
    expect(ask(options.slice(2))).toEqual({ outcome: { outcome: 'selected', optionId: 'no-2' } });
    expect(ask(options.slice(0, 1))).toEqual({ outcome: { outcome: 'cancelled' } });
    started.peer.serverInfo = { name: 'qodercn', version: '1' };
    expect(ask(options)).toMatchObject({ outcome: { optionId: 'no-1' }, successful: false });
    await started.run.events.close();
  });

  it('foreign - are hidden', async () => {
    const started = start();
    started.update(CALL);
    started.update({ sessionUpdate: 'tool_call_update', toolCallId: 'call_1', status: 'completed', rawOutput: [] });
    started.text('Done.');
    started.finish();
    expect(await texts(started)).toEqual(['text: Done.']);
  });

  it('of the caller - become its calls', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.text('Look.');
    started.update({ ...CALL, rawInput: {} });
    started.update({
      sessionUpdate: 'tool_call_update',
      toolCallId: 'call_1',
      status: 'in_progress',
      title: 'Reading',
      rawInput: { file_path: 'a.ts' },
    });
    started.update({ sessionUpdate: 'tool_call_update', toolCallId: 'call_1', status: 'completed' });
    started.text('I have read it.');
    expect(await result(started)).toMatchObject({
      finishReason: 'tool-calls',
      content: [
        { type: 'text', text: 'Look.' },
        { type: 'tool-call', toolCallId: 'call_1', toolName: 'read_file', input: '{"file_path":"a.ts"}' },
      ],
    });
    expect(started.peer.notifications.at(-1)).toEqual({
      method: 'session/cancel',
      params: { sessionId: SESSION, _meta: { 'ai-coding/request-id': started.requestId } },
    });
  });

  it('of the caller - pending until the turn ends count as well', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    started.update(CALL);
    started.finish();
    expect(await result(started)).toMatchObject({ finishReason: 'tool-calls' });
    expect((await started.run.outcome).reusable).toBe(false);
  });

  it('of the caller - named in a permission request', async () => {
    const started = start({ turn: { callerTools: [tool] } });
    const toolCall = { toolCallId: 'c', title: 'read_file', rawInput: { file_path: 'b' } };
    started.peer.emit('session/request_permission', { sessionId: SESSION, toolCall, options }, 1);
    await started.clock.advance(400);
    expect(await result(started)).toMatchObject({ content: [{ toolCallId: 'c', input: '{"file_path":"b"}' }] });
  });
});
