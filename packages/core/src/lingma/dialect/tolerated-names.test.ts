import { describe, expect, it } from 'vitest';
import { type ChatResult, collectResult, type ToolDefinition } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { DialectTurn } from '../turn/turn-contract.js';
import { createAcpDialect } from './acp/acp-dialect.js';
import { createLspChatDialect } from './lsp-chat/lsp-chat-dialect.js';
import { aContext, aTurn, FakeClock, FakePeer, NEVER, settled } from './testing/fake-peer.js';

const SESSION = 'session-1';
const WEATHER: ToolDefinition = { name: 'get_weather', kind: 'function', inputSchema: { type: 'object' } };

function start(dialect: 'acp' | 'lsp-chat', overrides: Partial<DialectTurn> = {}) {
  const peer = new FakePeer().answer('session/prompt', () => NEVER).answer('chat/ask', () => NEVER);
  const clock = new FakeClock();
  const create = dialect === 'acp' ? createAcpDialect : createLspChatDialect;
  const run = create({ clock }).runTurn(peer, aTurn({ sessionId: SESSION, ...overrides }), aContext());
  const asked = peer.last(dialect === 'acp' ? 'session/prompt' : 'chat/ask');
  const meta = asked._meta as JsonObject | undefined;
  const requestId = (meta?.['ai-coding/request-id'] ?? asked.requestId) as string;
  const result = (): Promise<ChatResult> => collectResult(run.events);
  return { peer, clock, requestId, result };
}

describe('session/update', () => {
  const places: readonly (readonly [string, (update: JsonObject) => JsonObject])[] = [
    ['params', (update) => ({ sessionId: SESSION, update })],
    ['the update', (update) => ({ update: { ...update, sessionId: SESSION } })],
    [
      'params, beside an empty request id',
      (update) => ({ sessionId: SESSION, _meta: { 'ai-coding/request-id': '' }, update }),
    ],
  ];
  it.each(places)('the session stands in %s', async (_name, place) => {
    const { peer, result } = start('acp');
    const content = { type: 'text', text: 'fine' };
    peer.emit('session/update', place({ sessionUpdate: 'agent_message_chunk', content }));
    const data = { sessionId: SESSION, reason: 'success', statusCode: 200, fullAnswer: '' };
    peer.emit('session/update', place({ sessionUpdate: 'notification', type: 'chat_finish', data }));
    expect(await result()).toMatchObject({ content: [{ type: 'text', text: 'fine' }], finishReason: 'stop' });
  });

  it('chat_finish that names the session in its data alone', async () => {
    const { peer, requestId, result } = start('acp');
    const _meta = { 'ai-coding/request-id': requestId };
    const content = { type: 'text', text: 'fine' };
    peer.emit('session/update', {
      sessionId: SESSION,
      _meta,
      update: { sessionUpdate: 'agent_message_chunk', content },
    });
    const data = { sessionId: SESSION, reason: 'success', statusCode: 200 };
    peer.emit('session/update', { update: { sessionUpdate: 'notification', type: 'chat_finish', data } });
    expect(await result()).toMatchObject({ finishReason: 'stop' });
  });
});

describe('tool calls', () => {
  const names: readonly (readonly [string, JsonObject])[] = [
    ['toolCallId, name, parameters', { toolCallId: 'c1', name: 'get_weather', parameters: { city: 'x' } }],
    ['callId, toolName, arguments', { callId: 'c1', toolName: 'get_weather', arguments: { city: 'x' } }],
    ['id, toolName, input', { id: 'c1', toolName: 'get_weather', input: { city: 'x' } }],
  ];
  for (const dialect of ['acp', 'lsp-chat'] as const) {
    it.each(names)(`${dialect} - the caller's, by %s`, async (_name, call) => {
      const { peer, requestId, result, clock } = start(dialect, { callerTools: [WEATHER] });
      peer.emit('tool/invoke', { requestId, sessionId: SESSION, async: false, ...call }, 1);
      const answered = result();
      await clock.advance(1000);
      await clock.advance(3000);
      expect(await answered).toMatchObject({
        content: [{ type: 'tool-call', toolCallId: 'c1', toolName: 'get_weather', input: '{"city":"x"}' }],
        finishReason: 'tool-calls',
      });
    });

    it.each(names)(`${dialect} - another one, by %s`, async (_name, call) => {
      const { peer, requestId } = start(dialect);
      expect(peer.emit('tool/invoke', { requestId, sessionId: SESSION, async: false, ...call }, 1)).toMatchObject({
        toolCallId: 'c1',
        name: 'get_weather',
        success: false,
      });
      for (const status of ['pending', 'PENDING']) {
        const { toolCallId = call.callId ?? call.id } = call;
        const sync = { callId: `${toolCallId}-${status}`, toolCallStatus: status };
        peer.emit('tool/call/sync', { requestId, sessionId: SESSION, ...sync });
      }
      await settled();
      expect(peer.calls.filter(({ method }) => method === 'tool/call/approve')).toMatchObject([
        { params: { toolCallId: 'c1-pending', approval: false } },
        { params: { toolCallId: 'c1-PENDING', approval: false } },
      ]);
    });
  }
});

describe('image/upload', () => {
  const images = [{ mediaType: 'image/png', data: 'aGk=' }];
  const imageUrl = 'https://x/y';
  const forms: readonly (readonly [string, (requestId: string) => { reply: JsonObject; notice?: JsonObject }])[] = [
    ['result.imageUrl', (requestId) => ({ reply: {}, notice: { result: { requestId, imageUrl } } })],
    ['imageUrl beside the request id', (requestId) => ({ reply: {}, notice: { requestId, imageUrl } })],
    [
      'result.imageUrl, the request id outside',
      (requestId) => ({ reply: {}, notice: { requestId, result: { imageUrl } } }),
    ],
    ['the reply’s result', (requestId) => ({ reply: { requestId, result: { success: true, imageUrl } } })],
    ['the reply itself', (requestId) => ({ reply: { requestId, success: true, imageUrl } })],
  ];
  it.each(forms)('the url comes as %s', async (_name, form) => {
    const peer = new FakePeer();
    peer.answer('image/upload', ({ requestId }) => {
      const { reply, notice } = form(requestId as string);
      if (notice !== undefined) queueMicrotask(() => peer.emit('image/uploadResultNotification', notice));
      return reply;
    });
    createLspChatDialect({ clock: new FakeClock() }).runTurn(peer, aTurn({ images }), aContext());
    await settled();
    expect(peer.last('chat/ask').chatContext).toEqual({ imageUrls: [imageUrl] });
  });
});
