/** Lingma's own tools: refused, or run in the working folder where the operator has switched it on. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeGateway, type Gateway, type Logger } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { createHostTools } from '@lingma-gateway/host-tools';
import { createSimulator, type Simulator, type SimulatorOptions } from '@lingma-gateway/simulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PATHS, PROTOCOLS, type Protocol, type Question, requestBody } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { readAnswer } from '../support/read-answer.js';
import { sim } from '../support/stack.js';

expectQuietProcess();

interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

let base: string;
let cwd: string;
let lines: Line[];
let simulator: Simulator | undefined;
let gateway: Gateway | undefined;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'host-tools-'));
  cwd = join(base, 'inside');
  lines = [];
  await mkdir(cwd);
  await writeFile(join(base, 'secret.txt'), 'secret');
});
afterEach(async () => {
  await gateway?.close({ graceMs: 0 });
  await simulator?.stop();
  gateway = undefined;
  simulator = undefined;
  await rm(base, { recursive: true, force: true });
});

async function start(nativeTools: 'refuse' | 'report' | 'run' | undefined, options: SimulatorOptions): Promise<void> {
  simulator = createSimulator(options);
  await simulator.start();
  const at =
    (level: string) =>
    (message: string, fields: Line['fields'] = {}) =>
      void lines.push({ level, message, fields });
  const logger: Logger = {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    child: () => logger,
  };
  const { webSocketUrl, workDir } = simulator.address;
  const { config } = loadConfig({
    flags: {
      ...{ 'ws-url': webSocketUrl, 'work-dir': workDir, cwd },
      ...(nativeTools !== undefined && { 'native-tools': nativeTools }),
    },
  });
  const env = { PATH: process.env.PATH, SECRET_KEY: 'sk-secret' };
  const nativeToolRunner = createHostTools({ env });
  gateway = composeGateway(config, { logger, env, nativeToolRunner });
}

function send(protocol: Protocol, question: Question): Promise<Response> {
  return (gateway as Gateway).fetch(
    new Request(`http://127.0.0.1${PATHS[protocol]}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(requestBody(protocol, question)),
      ...(question.signal !== undefined && { signal: question.signal }),
    }),
  );
}

const ask = async (protocol: Protocol, question: Question) => readAnswer(protocol, await send(protocol, question));

/** A text around calls that Lingma makes on its own. */
const natively = (...tools: readonly (readonly [name: string, input: object])[]): string =>
  sim({ text: 'Done.', toolFormat: 'native', tools: tools.map(([name, input]) => ({ name, input })) });

const toolLines = () => lines.filter(({ message }) => message === 'native tool');
const made = () => join(cwd, 'made', 'a.txt');
const CREATE = ['create_file_with_text', { filePath: 'made/a.txt', text: 'made' }] as const;

const DIALECTS = [
  ['acp', {}, { toolPermission: 'ask' }],
  ['lsp-chat', { acp: 'absent' }, { toolApproval: 'ask' }],
] as const;

describe.each(DIALECTS)('%s', (_dialect, switches, asking) => {
  it.each([undefined, 'refuse'] as const)('%s - nothing is run, with or without being asked', async (policy) => {
    for (const more of [{}, asking, { toolInvokeAsync: true }]) {
      await start(policy, { ...switches, ...more });
      const answer = await ask('chat', { prompt: natively(CREATE, ['run_in_terminal', { command: 'touch made' }]) });
      expect(answer).toMatchObject({ text: 'Done.' });
      expect(existsSync(join(cwd, 'made'))).toBe(false);
      await gateway?.close({ graceMs: 0 });
      await simulator?.stop();
    }
    expect(toolLines().length).toBeGreaterThanOrEqual(6);
    expect(new Set(toolLines().map(({ level, fields }) => `${level} ${fields.outcome}`))).toEqual(
      new Set(['debug refused']),
    );
  });

  it('report - nothing is run, and what Lingma wanted is a thought, never a call', async () => {
    await start('report', { ...switches, toolSyncName: true });
    for (const protocol of PROTOCOLS) {
      for (const stream of [true, false]) {
        const body = protocol === 'messages' ? { thinking: { type: 'enabled', budget_tokens: 1024 } } : {};
        const answer = await ask(protocol, { prompt: natively(CREATE), stream, body });
        expect(answer).toMatchObject({ text: 'Done.', ended: true });
        expect(answer.reasoning).toContain('create_file_with_text');
        expect(answer.raw).not.toMatch(/tool_calls"?:\s*\[|"function_call"|"tool_use"/);
      }
    }
    expect(existsSync(join(cwd, 'made'))).toBe(false);
  });

  it.each([{}, asking, { toolInvokeAsync: true }, { ...asking, toolInvokeAsync: true }])(
    'run - the file appears in the working folder (%j)',
    async (more) => {
      await start('run', { ...switches, ...more });
      for (const protocol of PROTOCOLS) {
        for (const stream of [true, false]) {
          await rm(join(cwd, 'made'), { recursive: true, force: true });
          const answer = await ask(protocol, { prompt: natively(CREATE), stream });
          expect(answer).toMatchObject({ text: 'Done.' });
          expect(readFileSync(made(), 'utf8')).toBe('made');
        }
      }
      expect(toolLines()).toHaveLength(6);
      expect(toolLines()[0]).toMatchObject({
        level: 'info',
        fields: { tool: 'create_file_with_text', path: 'made/a.txt', outcome: 'done' },
      });
      expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', fields: { cwd } }));
    },
  );

  it('run - stays inside of the working folder and shows commands no secret', async () => {
    await start('run', switches);
    const prompt = natively(
      ['read_file', { path: '../secret.txt' }],
      ['create_file_with_text', { path: join(base, 'b.txt'), text: '' }],
      ['delete_file_by_path', { path: '../secret.txt' }],
      ['run_in_terminal', { command: 'env > env.txt' }],
      ['edit_file', { path: 'x' }],
    );
    expect(await ask('messages', { prompt })).toMatchObject({ text: 'Done.' });
    expect(existsSync(join(base, 'b.txt'))).toBe(false);
    expect(readFileSync(join(base, 'secret.txt'), 'utf8')).toBe('secret');
    expect(readFileSync(join(cwd, 'env.txt'), 'utf8')).not.toContain('SECRET');
    expect(toolLines().map(({ fields }) => `${fields.tool}: ${fields.outcome}`)).toEqual([
      'read_file: failed: The path lies outside of the working folder',
      'create_file_with_text: failed: The path lies outside of the working folder',
      'delete_file_by_path: failed: The path lies outside of the working folder',
      'run_in_terminal: done',
      'edit_file: failed: The tool edit_file is not supported',
    ]);
  });

  it('run - a tool of the caller stays the caller’s', async () => {
    await start('run', { ...switches, toolSyncName: true });
    const [name] = CREATE;
    const tools = [{ type: 'function', function: { name, parameters: { type: 'object' } } }];
    const response = await send('chat', { prompt: natively(CREATE), body: { tools } });
    const body = (await response.json()) as { choices: { message: { tool_calls: unknown }; finish_reason: string }[] };
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name, arguments: JSON.stringify(CREATE[1]) } }] },
    });
    expect(existsSync(join(cwd, 'made'))).toBe(false);
  });

  it('run - a command ends when the caller goes', async () => {
    await start('run', switches);
    const controller = new AbortController();
    const prompt = natively(['run_in_terminal', { command: 'echo $$ > pid; sleep 60; touch late' }]);
    const sent = send('chat', { prompt, stream: true, signal: controller.signal }).then((response) => response.text());
    const pid = await vi.waitFor(() => {
      const text = readFileSync(join(cwd, 'pid'), 'utf8');
      expect(text).not.toBe('');
      return Number(text);
    }, 5000);
    controller.abort();
    await sent.catch(() => undefined);
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 5000);
    await vi.waitFor(() => expect(toolLines()).toHaveLength(1));
    expect(toolLines()[0]?.fields.outcome).toBe('failed: The turn is over; the command was ended');
  });
});
