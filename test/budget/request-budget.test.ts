/**
 * What one request may make, counted and not timed, so that a slow machine changes nothing. The bounds are what was counted
 * plus a little.
 *
 * Red? Something on the way of every request makes more than before. Look for an `async` function where a call would do, a
 * `new AbortController()` where `createCancelSource()` would do, a timer for each event, a Web class inside. If the work is
 * worth it, raise the bound in the same commit and say why; if you made it less, lower it.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';

interface Counts {
  readonly promises: number;
  readonly timers: number;
  readonly controllers: number;
  /** Requests, responses, headers, streams and URLs of the Web's kind. */
  readonly webObjects: number;
}

const CHILD = fileURLToPath(new URL('./counted-gateway.mjs', import.meta.url));
const WARM_UP = 20;
const COUNTED = 40;

let simulator: Simulator | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await simulator?.stop();
  simulator = undefined;
  child = undefined;
});

interface Ready {
  readonly url: string;
  readonly modules: number;
  /** Those of the host tools and what only they need. */
  readonly hostTools: number;
}

async function start(dialect: 'acp' | 'lsp-chat', nativeTools = 'refuse'): Promise<Ready> {
  simulator = createSimulator({ profile: 'lingma-2.11', acp: dialect === 'acp' ? 'present' : 'absent' });
  await simulator.start();
  child = fork(CHILD, [simulator.address.webSocketUrl, dialect, nativeTools], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = await once(child, 'message');
  return ready as Ready;
}

async function counts(): Promise<Counts> {
  const answer = once(child as ChildProcess, 'message');
  child?.send('count');
  return (await answer)[0] as Counts;
}

async function ask(url: string, path: string, body: object): Promise<void> {
  const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('ok');
}

const TEXT = `@sim ${JSON.stringify({ text: 'ok', chunks: 1 })}`;
const messages = [{ role: 'user', content: TEXT }];
const chat = { path: '/v1/chat/completions', body: { model: 'auto', messages } };
const anthropic = { path: '/v1/messages', body: { model: 'auto', messages, max_tokens: 100 } };
const responses = { path: '/v1/responses', body: { model: 'auto', input: TEXT, store: false } };

/** Some 16 promises are the conversation's, which is remembered. No controller: our own parts listen to a signal of our own (`CallContext.ownSignal`). */
const BUDGETS = [
  { title: 'chat, streamed, ACP', dialect: 'acp', ...chat, stream: true, promises: 101, timers: 12, controllers: 0 },
  { title: 'chat, whole, ACP', dialect: 'acp', ...chat, stream: false, promises: 101, timers: 11, controllers: 0 },
  {
    title: 'messages, streamed, ACP',
    dialect: 'acp',
    ...anthropic,
    stream: true,
    promises: 101,
    timers: 12,
    controllers: 0,
  },
  {
    title: 'responses, streamed, ACP',
    dialect: 'acp',
    ...responses,
    stream: true,
    promises: 107,
    timers: 12,
    controllers: 0,
  },
  {
    title: 'chat, streamed, LSP chat',
    dialect: 'lsp-chat',
    ...chat,
    stream: true,
    promises: 92,
    timers: 10,
    controllers: 0,
  },
] as const;

describe('a warm request', () => {
  it.each(BUDGETS)('$title - within its budget', async ({ dialect, path, body, stream, ...budget }) => {
    const { url } = await start(dialect);
    const request = { ...body, stream };
    for (let index = 0; index < WARM_UP; index++) await ask(url, path, request);
    const before = await counts();
    for (let index = 0; index < COUNTED; index++) await ask(url, path, request);
    const after = await counts();
    const each = (name: keyof Counts): number => Math.round((after[name] - before[name]) / COUNTED);
    expect(each('promises')).toBeLessThanOrEqual(budget.promises);
    expect(each('timers')).toBeLessThanOrEqual(budget.timers);
    expect(each('controllers')).toBeLessThanOrEqual(budget.controllers);
    expect(each('webObjects')).toBe(0);
  });
});

describe('the start', () => {
  it('modules - no more than are needed to answer', async () => {
    const { modules } = await start('acp');
    expect(modules).toBeLessThanOrEqual(791);
  });

  it.each(['refuse', 'report'])('%s - nothing of the host tools is read', async (nativeTools) => {
    expect((await start('acp', nativeTools)).hostTools).toBe(0);
  });

  it('run - the host tools are read', async () => {
    expect((await start('acp', 'run')).hostTools).toBeGreaterThan(5);
  });
});
