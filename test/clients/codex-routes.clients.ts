/**
 * What Codex asks for beside its turns: a WebSocket first, the list of models, and the compaction of a conversation. Opt-in,
 * like the agent loops: `pnpm test:clients`.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sim, startSimulated } from '../support/stack.js';
import { installClient } from './install-client.js';
import { runClient } from './run-client.js';

const EXEC = ['--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];

describe('codex', () => {
  let executable: string;
  let stack: Awaited<ReturnType<typeof startSimulated>>;
  let root: string;
  let home: string;
  let folder: string;
  /** Lines of the gateway's log: route and status. */
  let answered: string[];

  beforeAll(async () => {
    executable = await installClient('@openai/codex', '0.169.0', 'codex');
  }, 300_000);
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lingma-codex-'));
    [home, folder] = [join(root, 'home'), join(root, 'work')];
    await mkdir(home);
    await mkdir(folder);
    answered = [];
    const write = (message: string, fields: Record<string, unknown> = {}): void => {
      if (message === 'request') answered.push(`${fields.route} ${fields.status}`);
    };
    const logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
    stack = await startSimulated({}, { gateway: { logger } });
  });
  afterEach(async () => {
    await stack.close();
    await rm(root, { recursive: true, force: true });
  });

  const codex = async (...args: readonly string[]): Promise<string> => {
    const keys = { OPENAI_API_KEY: 'any', CODEX_API_KEY: 'any' };
    return (await runClient(executable, ['exec', ...args], folder, { CODEX_HOME: home, ...keys })).output;
  };

  it('a provider with WebSockets and models - goes on over HTTP, and decodes the list', {
    timeout: 120_000,
  }, async () => {
    await writeFile(
      join(home, 'config.toml'),
      `model = "org_auto"
model_provider = "lingma"
[model_providers.lingma]
name = "Lingma"
base_url = "${await stack.listen()}/v1"
wire_api = "responses"
supports_websockets = true
[model_providers.lingma.auth]
command = "${process.execPath}"
args = ["-p", "'any'"]
`,
    );
    const output = await codex(...EXEC, `Say it. ${sim({ text: 'OVER_HTTP' })}`);
    expect(output).toContain('OVER_HTTP');
    expect(output).not.toContain('metadata for `org_auto` not found');
    expect(answered).toEqual(expect.arrayContaining(['openai-responses 426', 'models 200', 'openai-responses 200']));
    const cache = JSON.parse(await readFile(join(home, 'models_cache.json'), 'utf8')) as { models: { slug: string }[] };
    expect(cache.models.map(({ slug }) => slug)).toContain('kmodel');
  });

  it('a conversation over the limit - is compacted, and goes on from the summary', { timeout: 120_000 }, async () => {
    await writeFile(
      join(home, 'config.toml'),
      `model = "org_auto"\nopenai_base_url = "${await stack.listen()}/v1"\nmodel_auto_compact_token_limit = 3000\n`,
    );
    await codex(...EXEC, `Remember it. ${sim({ text: 'SUMMARY_OF_THE_TALK' })}`);
    const output = await codex('resume', '--last', ...EXEC, `Go on. ${sim({ text: 'AFTER_COMPACTION' })}`);
    expect(output).toContain('context compacted');
    expect(output).toContain('AFTER_COMPACTION');
    const shown = stack.simulator.stats.prompts.map(({ text }) => text);
    expect(shown.at(-2)).toContain('summary of this whole conversation');
    expect(shown.at(-1)).toContain('SUMMARY_OF_THE_TALK');
    const logs = await readdir(join(home, 'sessions'), { recursive: true });
    const log = logs.find((name) => name.endsWith('.jsonl')) ?? '';
    expect(await readFile(join(home, 'sessions', log), 'utf8')).toContain('"type":"compaction"');
  });
});
