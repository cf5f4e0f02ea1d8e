/**
 * Real agent CLIs finish a whole tool loop over the gateway: write a file, read it, say so. Opt-in, because each is a
 * download of its own: `pnpm test:clients`.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toNodeHandler } from '@lingma-gateway/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startChannels } from '../channels/channel-stack.js';
import { sim, startSimulated } from '../support/stack.js';
import { installClient } from './install-client.js';
import { runClient } from './run-client.js';

interface Loop {
  readonly name: string;
  readonly package: readonly [name: string, version: string, executable: string];
  /** Tool calls that write `note.txt` into `folder`, then read it. */
  steps(folder: string): readonly object[];
  args(prompt: string): readonly string[];
  prepare(home: string, base: string, folder: string): Promise<Readonly<Record<string, string>>>;
}

const content = 'written by an agent 你好 🎉';

const loops: readonly Loop[] = [
  {
    name: 'codex',
    package: ['@openai/codex', '0.169.0', 'codex'],
    steps: () => [
      { tools: [{ name: 'exec_command', input: { cmd: `printf '%s' '${content}' > note.txt` } }] },
      { tools: [{ name: 'exec_command', input: { cmd: 'cat note.txt' } }] },
    ],
    args: (prompt) => ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt],
    async prepare(home, base) {
      await writeFile(
        join(home, 'config.toml'),
        `model = "org_auto"\nmodel_provider = "lingma"\n[model_providers.lingma]\nname = "Lingma"\nbase_url = "${base}/v1"\nwire_api = "responses"\n`,
      );
      return { CODEX_HOME: home };
    },
  },
  {
    name: 'claude',
    package: ['@anthropic-ai/claude-code', '2.1.197', 'claude'],
    steps: (folder) => [
      { tools: [{ name: 'Write', input: { file_path: join(folder, 'note.txt'), content } }] },
      { tools: [{ name: 'Read', input: { file_path: join(folder, 'note.txt') } }] },
    ],
    args: (prompt) => ['-p', prompt, '--model', 'claude-sonnet-4-5', '--permission-mode', 'acceptEdits'],
    prepare: async (home, base) => ({
      HOME: home,
      ANTHROPIC_BASE_URL: base,
      ANTHROPIC_AUTH_TOKEN: 'any',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
  },
  {
    name: 'opencode',
    package: ['opencode-ai', '1.18.33', 'opencode'],
    steps: (folder) => [
      { tools: [{ name: 'write', input: { filePath: join(folder, 'note.txt'), content } }] },
      { tools: [{ name: 'read', input: { filePath: join(folder, 'note.txt') } }] },
    ],
    // It quotes arguments that hold spaces, which would spoil the directive.
    args: (prompt) => ['run', '--model', 'lingma/org_auto', ...prompt.split(' ')],
    async prepare(home, base, folder) {
      const provider = {
        npm: '@ai-sdk/openai-compatible',
        name: 'Lingma',
        options: { baseURL: `${base}/v1`, apiKey: 'any' },
        models: { org_auto: { name: 'Auto' } },
      };
      await writeFile(join(folder, 'opencode.json'), JSON.stringify({ provider: { lingma: provider } }));
      return { HOME: home };
    },
  },
];

interface Behind {
  readonly base: string;
  /** The last that the model was asked. */
  lastPrompt(): string;
  close(): Promise<void>;
}

/** The same gateway in front of Lingma, and of a channel that speaks OpenAI's protocol. */
const behind: Readonly<Record<string, () => Promise<Behind>>> = {
  async Lingma() {
    const stack = await startSimulated();
    return {
      base: await stack.listen(),
      lastPrompt: () => stack.simulator.stats.prompts.at(-1)?.text ?? '',
      close: () => stack.close(),
    };
  },
  async 'a channel'() {
    const stack = await startChannels({ channels: [{ name: 'a', models: ['*'] }] });
    const server = createServer(toNodeHandler(stack.gateway.fetch));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      lastPrompt: () => stack.upstreams[0]?.calls.at(-1)?.text ?? '',
      async close() {
        server.closeAllConnections();
        server.close();
        await stack.stop();
      },
    };
  },
};

const cases = Object.entries(behind).flatMap(([upstream, open]) => loops.map((loop) => ({ ...loop, upstream, open })));

describe.each(cases)('$name over $upstream', (loop) => {
  let executable: string;
  let stack: Behind;
  beforeAll(async () => {
    executable = await installClient(...loop.package);
    stack = await loop.open();
  }, 300_000);
  afterAll(() => stack.close());

  it('writes a file, reads it and finishes', { timeout: 120_000 }, async () => {
    const root = await mkdtemp(join(tmpdir(), 'lingma-client-'));
    const [home, folder] = [join(root, 'home'), join(root, 'work')];
    await mkdir(home);
    await mkdir(folder);
    try {
      const env = await loop.prepare(home, stack.base, folder);
      const prompt = `Do it. ${sim({ steps: [...loop.steps(folder), { text: 'ALL_STEPS_DONE' }] })}`;
      const { output } = await runClient(executable, loop.args(prompt), folder, env);
      expect(output).toContain('ALL_STEPS_DONE');
      expect(await readFile(join(folder, 'note.txt'), 'utf8')).toBe(content);
      expect(stack.lastPrompt()).toContain('written by an agent');
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
