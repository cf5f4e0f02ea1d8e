import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ProfileName } from './profiles.js';
import { flagName, SWITCH_TABLE, type SwitchName } from './switch-table.js';
import { ask, newSession, prompt, RawClient, sim } from './testing/raw-client.js';
import { started } from './testing/with-simulator.js';

async function clientOf(profile: ProfileName): Promise<RawClient> {
  const { address } = await started({ profile });
  const client = await RawClient.socket(address.socketPath);
  await client.initialize();
  return client;
}

describe('profiles', () => {
  it.each(['lingma-2.11', 'vscode-ext'] as const)(
    '%s speaks LSP chat with empty deltas, and no ACP',
    async (profile) => {
      const client = await clientOf(profile);
      expect((await ask(client, sim({ text: 'pong', chunks: 2 }))).deltas).toEqual(['po', '', 'ng', '']);
      expect((await client.call('session/new', { cwd: tmpdir() })).error?.code).toBe(-32601);
    },
  );

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
    const readme = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');
    for (const name of Object.keys(SWITCH_TABLE) as SwitchName[]) {
      const row = SWITCH_TABLE[name];
      const values = row.kind === 'choice' ? row.choices.map((value) => `\`${value}\``).join(', ') : row.kind;
      expect(readme).toContain(`| \`--${flagName(name)}\` | ${values} | \`${row.fallback}\` | ${row.doc} |`);
    }
  });
});
