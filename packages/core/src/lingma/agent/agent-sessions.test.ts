import { describe, expect, it, vi } from 'vitest';
import { type JsonObject, type JsonValue, silentLogger } from '../../util/index.js';
import { FakePeer, rpcError } from '../dialect/testing/fake-peer.js';
import { agentOf, attachAgent } from './agent-of.js';
import type { AgentSessions } from './agent-sessions.js';

const never = new AbortController().signal;

class AgentPeer extends FakePeer {
  constructor(readonly initialized: JsonObject) {
    super();
  }
}

function anAgent(offered: JsonObject = {}, more: JsonObject = {}, mayAct = false) {
  const peer = new AgentPeer({ agentInfo: { name: 'x', title: 'Agent X', version: '1' }, ...more });
  let count = 0;
  peer.answer('session/new', () => ({ sessionId: `s${++count}`, ...offered }));
  const onLogin = vi.fn();
  const agent = attachAgent(peer, { cwd: '/w', mayAct, logger: silentLogger, onLogin }) as AgentSessions;
  return { peer, agent, onLogin };
}

const methods = (peer: FakePeer): string[] => peer.calls.map(({ method }) => method);
const option = (id: string, category: string, currentValue: string, values: readonly JsonValue[]): JsonObject => ({
  ...{ id, category, currentValue, type: 'select' },
  options: values,
});
const value = (name: string): JsonObject => ({ value: name, name });

describe('AgentSessions', () => {
  it('a Lingma has none', () => {
    const peer = new AgentPeer({ serverInfo: { name: 'lingma' } });
    expect(attachAgent(peer, { cwd: '/w', mayAct: false, logger: silentLogger })).toBeUndefined();
    expect(agentOf(peer)).toBeUndefined();
  });

  it('open() - the mode first, then the model, then its id', async () => {
    const configOptions = [
      option('reasoning_effort', 'model', 'low', [value('low'), value('high')]),
      option('model', 'model', 'm1', [{ group: 'g', name: 'G', options: [value('m1'), value('m2')] }]),
      option('perm', 'mode', 'auto', [value('auto'), value('ask')]),
    ];
    const { peer, agent } = anAgent({ configOptions });
    expect(await agent.open({ modelKey: 'm2', signal: never })).toBe('s1');
    expect(peer.calls).toEqual([
      { method: 'session/new', params: { cwd: '/w', mcpServers: [] } },
      { method: 'session/set_config_option', params: { sessionId: 's1', configId: 'perm', value: 'ask' } },
      { method: 'session/set_config_option', params: { sessionId: 's1', configId: 'model', value: 'm2' } },
    ]);
    expect((await agent.models(never)).map(({ upstreamId, isDefault }) => [upstreamId, isDefault])).toEqual([
      ['m1', true],
      ['m2', false],
    ]);
  });

  it('the model that its user has set is the default one, also where it is not offered', async () => {
    const models = { currentModelId: 'own', availableModels: [{ modelId: 'm1', name: 'One' }] };
    const { peer, agent } = anAgent({ models });
    await agent.open({ modelKey: 'own', signal: never });
    expect(methods(peer)).toEqual(['session/new']);
    expect((await agent.models(never)).map(({ upstreamId, isDefault }) => [upstreamId, isDefault])).toEqual([
      ['own', true],
      ['m1', false],
    ]);
  });

  it.each<[string, JsonObject, string | undefined]>([
    [
      'the one that is chosen already',
      { currentModelId: 'm1', availableModels: [{ modelId: 'm1', name: 'One' }] },
      'm1',
    ],
    ['one that it does not list', { currentModelId: 'm1', availableModels: [{ modelId: 'm1', name: 'One' }] }, 'gpt-x'],
    ['none', { currentModelId: 'm1', availableModels: [{ modelId: 'm1', name: 'One' }] }, undefined],
  ])('a model is not set needlessly - %s', async (_, models, modelKey) => {
    const { peer, agent } = anAgent({ models });
    await agent.open({ ...(modelKey !== undefined && { modelKey }), signal: never });
    expect(methods(peer)).toEqual(['session/new']);
  });

  it('a model that is not taken fails the turn: another one would answer in its name', async () => {
    const availableModels = [{ modelId: 'm1' }, { modelId: 'm2' }];
    const { peer, agent } = anAgent({ models: { currentModelId: 'm1', availableModels } }, closing);
    peer.answer('session/set_model', rpcError('no such model'));
    await expect(agent.open({ modelKey: 'm2', signal: never })).rejects.toMatchObject({ code: 'upstream_error' });
    expect(methods(peer)).toContain('session/close');
  });

  const closing: JsonObject = { agentCapabilities: { sessionCapabilities: { close: {} } } };

  it.each<[string, JsonObject, readonly string[]]>([
    ['close and delete', { close: {}, delete: {} }, ['session/close', 'session/delete']],
    ['close alone', { close: {} }, ['session/close']],
    ['neither', {}, []],
  ])('end() - by what it offers: %s', async (_, sessionCapabilities, expected) => {
    const { peer, agent } = anAgent({}, { agentCapabilities: { sessionCapabilities } });
    await agent.end('s9');
    expect(peer.calls).toEqual(expected.map((method) => ({ method, params: { sessionId: 's9' } })));
  });

  it('one that was opened ahead serves the next turn, once', async () => {
    const { peer, agent } = anAgent();
    await agent.probe(never);
    expect(await agent.open({ signal: never })).toBe('s1');
    expect(await agent.open({ signal: never })).toBe('s2');
    expect(methods(peer)).toEqual(['session/new', 'session/new']);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['override', { mode: { override: {} } }, { mode: 'override' }],
    ['append', {}, { mode: 'append' }],
  ])('a system prompt goes with the session where that is offered - %s', async (_, systemPrompt, expected) => {
    const { peer, agent } = anAgent({}, { agentCapabilities: { sessionCapabilities: { systemPrompt } } });
    await agent.probe(never);
    const sessionId = await agent.open({ systemPrompt: 'Be brief.', signal: never });
    const content = [{ type: 'text', text: 'Be brief.' }];
    expect(peer.last('session/new').systemPrompt).toEqual({ ...expected, content });
    expect(agent.hasSystemPrompt(sessionId)).toBe(true);
  });

  it('a system prompt that is refused after all is left to the conversation', async () => {
    const { peer, agent } = anAgent({}, { agentCapabilities: { sessionCapabilities: { systemPrompt: {} } } });
    peer.answer('session/new', (params) =>
      'systemPrompt' in params ? rpcError('Invalid params: systemPrompt requires append mode') : { sessionId: 'plain' },
    );
    const sessionId = await agent.open({ systemPrompt: 'Be brief.', signal: never });
    expect(sessionId).toBe('plain');
    expect(agent.hasSystemPrompt(sessionId)).toBe(false);
    expect(agent.takesSystemPrompt).toBe(false);
  });

  it('whether somebody is signed in is told with each session', async () => {
    const { peer, agent, onLogin } = anAgent();
    peer.answer('session/new', rpcError('Authentication required', -32_000));
    await expect(agent.open({ signal: never })).rejects.toMatchObject({
      code: 'login_required',
      message: 'Agent X is not signed in. Sign in with its own tool in a terminal. Then try again.',
    });
    peer.answer('session/new', { sessionId: 's' });
    expect(await agent.open({ signal: never })).toBe('s');
    expect(onLogin.mock.calls).toEqual([[false], [true]]);
  });

  it('a caller who leaves while it is opened leaves no session behind', async () => {
    const { peer, agent } = anAgent({}, closing);
    let opened: (result: JsonValue) => void = () => undefined;
    peer.answer('session/new', () => new Promise((resolve) => (opened = resolve)));
    const leaving = new AbortController();
    const opening = agent.open({ signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(opening).rejects.toThrow('gone');
    opened({ sessionId: 'late' });
    await vi.waitFor(() => expect(peer.last('session/close')).toEqual({ sessionId: 'late' }));
  });

  const actingModes = {
    currentModeId: 'auto',
    availableModes: [
      { id: 'auto', name: 'Auto' },
      { id: 'yolo', name: 'YOLO' },
    ],
  };

  it('no mode asks - refused, and the session ended', async () => {
    const { peer, agent } = anAgent({ modes: actingModes }, closing);
    await expect(agent.open({ signal: never })).rejects.toMatchObject({
      code: 'not_ready',
      shouldRetry: false,
      message: expect.stringContaining('Agent X has no mode in which it asks'),
    });
    expect(methods(peer)).toContain('session/close');
  });

  it('no mode asks, and it may act - used as it is', async () => {
    const { peer, agent } = anAgent({ modes: actingModes }, {}, true);
    expect(await agent.open({ signal: never })).toBe('s1');
    expect(methods(peer)).toEqual(['session/new']);
  });

  it('a mode that is set in one form is set in the other where that is unknown', async () => {
    const modes = { currentModeId: 'auto', availableModes: [{ id: 'auto' }, { id: 'default' }] };
    const configOptions = [option('mode', 'mode', 'auto', [value('auto'), value('default')])];
    const { peer, agent } = anAgent({ modes, configOptions });
    peer.answer('session/set_mode', rpcError('Method not found', -32_601));
    expect(await agent.open({ signal: never })).toBe('s1');
    expect(methods(peer)).toEqual(['session/new', 'session/set_mode', 'session/set_config_option']);
  });

  it('a mode that it says to keep is not set', async () => {
    const acting = option('mode', 'mode', 'auto', [value('auto'), value('default')]);
    const { peer, agent } = anAgent({ configOptions: [acting] });
    peer.answer('session/set_config_option', { configOptions: [acting] });
    await expect(agent.open({ signal: never })).rejects.toMatchObject({ code: 'not_ready' });
  });

  it.each([
    ['current_mode_update', { currentModeId: 'yolo' }, false],
    ['config_option_update', { configOptions: [option('mode', 'mode', 'yolo', [value('yolo')])] }, false],
    ['current_mode_update', { currentModeId: 'plan' }, true],
  ])(
    'a session that changes its mode between turns is not gone on in if it acts then - %s %j',
    async (kind, told, may) => {
      const availableModes = ['default', 'plan', 'yolo'].map((id) => ({ id, name: id }));
      const { peer, agent } = anAgent({ modes: { currentModeId: 'default', availableModes } }, closing);
      const change = (sessionId: string) =>
        peer.emit('session/update', { sessionId, update: { sessionUpdate: kind, ...told } });
      const sessionId = await agent.open({ signal: never });
      expect(agent.canGoOnIn(sessionId)).toBe(true);
      change(sessionId);
      expect([agent.has(sessionId), agent.canGoOnIn(sessionId)]).toEqual([true, may]);
      // The same of one that was opened ahead of its turn.
      await agent.probe(never);
      change('s2');
      expect(await agent.open({ signal: never })).toBe(may ? 's2' : 's3');
    },
  );

  it.each<[string, JsonObject, boolean]>([
    ['the chosen one', { currentModeId: 'default' }, true],
    ['another that asks', { currentModeId: 'plan' }, true],
    ['one that acts', { currentModeId: 'yolo' }, false],
    ['one that acts, as an option', { configOptions: [option('mode', 'mode', 'yolo', [value('yolo')])] }, false],
    ['something else', { configOptions: [option('model', 'model', 'm', [value('m')])] }, true],
  ])('permits() - %s', async (_, update, expected) => {
    const availableModes = ['default', 'plan', 'yolo'].map((id) => ({ id, name: id }));
    const { agent } = anAgent({ modes: { currentModeId: 'default', availableModes } });
    expect(agent.permits(await agent.open({ signal: never }), update)).toBe(expected);
  });
});
