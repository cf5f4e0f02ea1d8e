/** Silence on the line: keep-alives before and between the events, and what goes wrong after the status is out. */
import { afterEach, describe, expect, it } from 'vitest';
import { ask, PROTOCOLS, type Protocol, send } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

let stack: SimulatedStack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

async function start(streaming: { keepAliveMs: number; commitAfterMs: number }, deadlines = {}): Promise<string> {
  stack = await startSimulated({}, { gateway: { streaming }, client: { deadlines } });
  return stack.listen();
}

const KEEP_ALIVE: Readonly<Record<Protocol, string>> = {
  chat: ':',
  responses: ':',
  messages: 'event: ping\ndata: {"type":"ping"}',
};

/** Frames as they stand on the wire. */
const framesOf = (raw: string): string[] => raw.split('\n\n').filter((frame) => frame !== '');

const isKeepAlive = (protocol: Protocol, frame: string): boolean =>
  protocol === 'messages' ? frame === KEEP_ALIVE.messages : /^:[^\n]*$/.test(frame);

describe.each(PROTOCOLS)('%s', (protocol) => {
  it('silence before the first event - 200 and keep-alives, then the answer', async () => {
    const base = await start({ keepAliveMs: 40, commitAfterMs: 20 });
    const answer = await ask(base, protocol, { prompt: sim({ text: 'late', firstDelayMs: 400 }), stream: true });
    expect(answer).toMatchObject({ status: 200, text: 'late', ended: true });
    const frames = framesOf(answer.raw);
    const before = frames.findIndex((frame) => !isKeepAlive(protocol, frame));
    expect(before).toBeGreaterThanOrEqual(1);
    expect(frames[0]).toContain(KEEP_ALIVE[protocol]);
    const { headers } = answer;
    expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(headers.get('x-accel-buffering')).toBe('no');
  });

  it('the headers and the first keep-alive - are on the line while the process is still silent', async () => {
    const base = await start({ keepAliveMs: 20, commitAfterMs: 20 });
    const leave = new AbortController();
    const response = await send(base, protocol, {
      prompt: sim({ silence: true }),
      stream: true,
      signal: leave.signal,
    });
    const first = await response.body?.getReader().read();
    expect(new TextDecoder().decode(first?.value)).toContain(KEEP_ALIVE[protocol]);
    leave.abort();
  });

  it('silence between two events - keep-alives there', async () => {
    const base = await start({ keepAliveMs: 40, commitAfterMs: 10_000 });
    const prompt = sim({ text: 'one two', chunks: 2, delayMs: 400 });
    const answer = await ask(base, protocol, { prompt, stream: true });
    expect(answer).toMatchObject({ status: 200, text: 'one two', ended: true });
    const frames = framesOf(answer.raw);
    const first = frames.findIndex((frame) => isKeepAlive(protocol, frame));
    const last = frames.findLastIndex((frame) => isKeepAlive(protocol, frame));
    expect(first).toBeGreaterThan(0);
    expect(frames.slice(0, first).join('')).toContain('one');
    expect(frames.slice(last).join('')).toContain('two');
  });

  it('no silence - no keep-alive', async () => {
    const base = await start({ keepAliveMs: 10_000, commitAfterMs: 10_000 });
    const answer = await ask(base, protocol, { prompt: sim({ text: 'quick', chunks: 3 }), stream: true });
    expect(framesOf(answer.raw).some((frame) => isKeepAlive(protocol, frame))).toBe(false);
  });

  it('a failure after the status is out - an error in the stream, no normal end', async () => {
    const base = await start({ keepAliveMs: 30, commitAfterMs: 20 }, { firstEventMs: 250 });
    const answer = await ask(base, protocol, { prompt: sim({ silence: true }), stream: true });
    expect(answer).toMatchObject({ status: 200, text: '', ended: false });
    expect(answer.error?.message).toContain('No answer from Lingma');
    const frames = framesOf(answer.raw);
    expect(isKeepAlive(protocol, frames[0] ?? '')).toBe(true);
    expect(isKeepAlive(protocol, frames.at(-1) ?? '')).toBe(false);
    expect(answer.raw).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
  });

  it('a failure before the commit - a status of its own', async () => {
    const base = await start({ keepAliveMs: 10_000, commitAfterMs: 10_000 }, { firstEventMs: 100 });
    const answer = await ask(base, protocol, { prompt: sim({ silence: true }), stream: true });
    expect(answer).toMatchObject({ status: 504, ended: false });
  });
});
