/**
 * What outlives a request without anybody needing it. V8 takes what two collections of the young found in use for old, and leaves it there until
 * it collects everything, together with all that it points to: one such object of each request, and its whole request is moved there.
 *
 * Red? Something long-lived that changes with each request points to it (a `Set` that others are added to meanwhile), or each request makes
 * a hidden class of its own (`node --log-maps`): a literal that begins with a spread and goes on behind it, or that has a getter.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it } from 'vitest';

const CHILD = fileURLToPath(new URL('./plain-gateway.mjs', import.meta.url));
/** More than conversations are remembered: those are old by right. */
const WARM_UP = 300;
const COUNTED = 200;
/** A chance meeting of two requests may hold those behind them for a while; what each of them does, all windows show. */
const WINDOWS = 3;
/** Enough at once that they overlap. */
const WIDTH = 4;
/** A request makes 120 to 150 kB. */
const MAX_BYTES_EACH = 10_000;

let simulator: Simulator | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await simulator?.stop();
  simulator = undefined;
  child = undefined;
});

async function start(): Promise<string> {
  simulator = createSimulator({ profile: 'lingma-2.11', acp: 'present' });
  await simulator.start();
  child = fork(CHILD, [simulator.address.webSocketUrl], {
    // Collections of the young come often, so that few requests say as much as many.
    execArgv: ['--expose-gc', '--max-semi-space-size=1'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [ready] = await once(child, 'message');
  return (ready as { url: string }).url;
}

async function oldBytes(message: 'collect' | 'count'): Promise<number> {
  const answer = once(child as ChildProcess, 'message');
  child?.send(message);
  return (await answer)[0] as number;
}

async function ask(count: number, url: string, bodyOf: (line: number) => string): Promise<void> {
  const each = Array.from({ length: WIDTH }, async (_, line) => {
    for (let index = 0; index < count / WIDTH; index++) {
      const response = await fetch(url, { method: 'POST', body: bodyOf(line) });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('ok');
    }
  });
  await Promise.all(each);
}

const TEXT = `@sim ${JSON.stringify({ text: 'ok', chunks: 1 })}`;
const messages = [{ role: 'user', content: TEXT }];

/**
 * What is remembered of a conversation is in use until its next request, and so is old by then: twice the bytes.
 * As many as there are requests at once, each with a long history, that go on with each request.
 */
function conversations(): (line: number) => string {
  const lines = Array.from({ length: WIDTH }, (_, line) => [
    { role: 'user', content: `${line} ${'A long question. '.repeat(2_000)}` },
    { role: 'assistant', content: 'An answer.' },
    ...messages,
  ]);
  return (line) => {
    const said = lines[line] as (typeof lines)[number];
    const body = JSON.stringify({ model: 'auto', stream: true, messages: said });
    said.push({ role: 'assistant', content: 'ok' }, ...messages);
    return body;
  };
}

const always = (body: object) => () => () => JSON.stringify(body);

describe('what outlives a request', () => {
  it.each([
    ['chat', '/v1/chat/completions', always({ model: 'auto', stream: true, messages })],
    ['messages', '/v1/messages', always({ model: 'auto', stream: true, messages, max_tokens: 100 })],
    ['responses', '/v1/responses', always({ model: 'auto', stream: true, input: TEXT, store: false })],
    ['a conversation that goes on', '/v1/chat/completions', conversations, 2 * MAX_BYTES_EACH],
  ])('%s - little', async (_, path, bodies, limit = MAX_BYTES_EACH) => {
    const url = (await start()) + path;
    const bodyOf = bodies();
    await ask(WARM_UP, url, bodyOf);
    const each: number[] = [];
    for (let window = 0; window < WINDOWS; window++) {
      const before = await oldBytes('collect');
      await ask(COUNTED, url, bodyOf);
      each.push(((await oldBytes('count')) - before) / COUNTED);
    }
    expect(Math.min(...each)).toBeLessThan(limit);
  });
});
