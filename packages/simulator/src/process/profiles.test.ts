import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PROGRAM_SWITCHES } from '../command/program-switches.js';
import { ask, newSession, prompt, RawClient, sim, updateOf } from '../testing/raw-client.js';
import { started } from '../testing/with-simulator.js';
import { PROFILE_NAMES, type ProfileName } from './profiles.js';
import { flagName, SWITCH_TABLE, type SwitchRow } from './switch-table.js';

async function clientOf(profile: ProfileName): Promise<RawClient> {
  const { address } = await started({ profile });
  const client = await RawClient.socket(address.socketPath);
  await client.initialize();
  return client;
}

describe('profiles', () => {
  it.each(['lingma-2.11', 'vscode-ext'] as const)(
    '%s speaks LSP chat with empty deltas, ACP as the JetBrains plug-in does and the VS Code extension does not',
    async (profile) => {
      const client = await clientOf(profile);
      expect((await ask(client, sim({ text: 'pong', chunks: 2 }))).deltas).toEqual(['po', '', 'ng', '']);
      const opened = await client.call('session/new', { cwd: tmpdir() });
      if (profile === 'vscode-ext') return expect(opened.error?.code).toBe(-32601);
      const { sessionId } = opened.result as { sessionId: string };
      expect((await prompt(client, sessionId, sim({ text: 'x' }))).text).toBe('x');
    },
  );

  it.each(PROFILE_NAMES)('%s answers auth/status, ping and config/queryModels before initialize', async (profile) => {
    const { address } = await started({ profile });
    const client = await RawClient.socket(address.socketPath);
    expect((await client.call('auth/status', {}, 0)).result).toMatchObject({ status: 2 });
    expect((await client.call('ping')).result).toEqual({ success: true });
    expect((await client.call('config/queryModels')).result).toHaveProperty('chat');
    expect((await client.call('config/getGlobal')).error?.code).toBe(-32002);
  });

  it('qodercn-1.27 replies before the stream, tells of quota by 112, and lists sessions to its own IDE alone', async () => {
    const simulator = await started({ profile: 'qodercn-1.27' });
    const client = await RawClient.socket(simulator.address.socketPath);
    await client.initialize();
    const sessionId = await newSession(client, 'kmodel');
    const turn = await prompt(client, sessionId, sim({ text: 'x' }));
    const messages = client.messages;
    expect(turn.finish).toMatchObject({ reason: 'success', statusCode: 200 });
    expect(messages.indexOf(turn.reply)).toBeLessThan(
      messages.findIndex((m) => updateOf(m).sessionUpdate === 'agent_message_chunk'),
    );
    await ask(client, sim({ text: 'x' }), { sessionType: 'assistant' });
    expect((await client.call('chat/listAllSessions')).result).toEqual([]);
    const ide = await RawClient.socket(simulator.address.socketPath);
    await ide.call('initialize', { ideSeries: 'QoderCN IDE', pluginName: 'QoderCN' });
    expect((await ide.call('chat/listAllSessions')).result).toMatchObject([{ sessionType: 'assistant' }]);
    simulator.setSwitches({ quotaExceeded: true });
    expect((await prompt(client, sessionId, 'x')).finish.statusCode).toBe(112);
  });

  it('lingma-ide-0.7 speaks both, finishes with an empty fullAnswer', async () => {
    const client = await clientOf('lingma-ide-0.7');
    expect((await ask(client, sim({ text: 'x' }))).finish.fullAnswer).toBe('');
    expect((await prompt(client, await newSession(client), sim({ text: 'x' }))).text).toBe('x');
  });

  it('qodercn-1.26 fences its thoughts in chat/answer, not in ACP, and wants a model', async () => {
    const client = await clientOf('qodercn-1.26');
    const lsp = await ask(client, sim({ text: 'x', reasoning: 'hm' }));
    expect(lsp.text).toBe('\n````think::{THINK_TIME}\nhm\n````\nx');
    expect(lsp.events.map((m) => m.method)).toContain('context/usage/sync');
    const acp = await prompt(client, await newSession(client, 'auto'), sim({ text: 'x', reasoning: 'hm' }));
    expect(acp.text).toBe('x');
    expect(acp.updates.map((update) => update.sessionUpdate)).toContain('agent_thought_chunk');
    expect(client.methods()).toContain('task/status/sync');
  });
});

describe('README', () => {
  it('lists every switch, its values and default', () => {
    const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
    for (const [name, row] of Object.entries<SwitchRow>({ ...SWITCH_TABLE, ...PROGRAM_SWITCHES })) {
      const values = row.kind === 'choice' ? row.choices.map((value) => `\`${value}\``).join(', ') : row.kind;
      expect(readme).toContain(`| \`--${flagName(name)}\` | ${values} | \`${row.fallback}\` | ${row.doc} |`);
    }
  });
});
