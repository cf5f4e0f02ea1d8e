/** Answers of 64 MB that are read a kilobyte at a time: they wait in Lingma, and everybody else is served. */
import { createSimulator } from '@lingma-gateway/simulator';
import { afterEach, expect, it, vi } from 'vitest';
import { ask, PROTOCOLS, type Protocol } from '../support/ask.js';
import { startCountingRelay } from '../support/counting-relay.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim, startStack } from '../support/stack.js';
import { StandingClock } from '../support/standing-clock.js';
import { countHandles, expectWellFormed, LONG } from './chaos-house.js';
import { openRaw, requestBytes } from './raw-request.js';

expectQuietProcess();

const MIB = 1024 * 1024;
const ANSWER_CHARS = 64 * MIB;
/** What may be under way to a reader that hardly reads: sockets' buffers and what the gateway holds for one turn. */
const UNDER_WAY = 24 * MIB;
const SECONDS = LONG ? 600 : 60;

const ALL = [
  ['acp', 'messages'],
  ['lsp-chat', 'chat'],
  ['acp', 'chat'],
  ['lsp-chat', 'messages'],
  ['acp', 'responses'],
  ['lsp-chat', 'responses'],
] as const satisfies readonly (readonly [string, Protocol])[];

/** Until everything that can be under way is: only then may Lingma's time pass. */
async function standsStill(count: () => number): Promise<void> {
  for (let last = -1; last !== count() || last === 0; ) {
    last = count();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Each protocol's last words. */
const LAST: Readonly<Record<Protocol, string>> = {
  chat: 'data: [DONE]',
  messages: 'event: message_stop',
  responses: 'event: response.completed',
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

it.each(LONG ? ALL : ALL.slice(0, 2))(
  '1 kB a second (%s, %s) - bounded, and whole in the end',
  async (dialect, protocol) => {
    cleanups.push(countHandles());
    const simulator = createSimulator({ acp: dialect === 'acp' ? 'present' : 'absent', fullAnswer: 'empty' });
    await simulator.start();
    cleanups.push(() => simulator.stop());
    const relay = await startCountingRelay(simulator.address.webSocketPort);
    cleanups.push(() => relay.close());
    const clock = new StandingClock();
    const deadlines = { idleMs: 10_000, totalMs: 3_600_000 };
    const stack = await startStack({ webSocketUrl: `ws://127.0.0.1:${relay.port}/`, client: { clock, deadlines } });
    cleanups.push(() => stack.close());
    const base = await stack.listen();

    const { socket, closed } = await openRaw(base);
    // Nothing is taken from here on but what is read on purpose.
    socket.removeAllListeners('data').pause();
    const prompt = sim({ text: 'x'.repeat(64), repeat: ANSWER_CHARS / 64, chunks: 4000 });
    const body = { max_tokens: 2 * ANSWER_CHARS };
    const question = { prompt, stream: true, ...(protocol === 'messages' && { body }) };
    socket.write(requestBytes(protocol, question, ['connection: close']));
    await standsStill(() => relay.bytes);
    expect(relay.bytes).toBeGreaterThan(MIB);

    let letters = 0;
    let tail = '';
    let ended = false;
    const take = (data: Buffer): void => {
      for (const byte of data) if (byte === 0x78) letters++;
      const text = tail.slice(-100) + data.toString('latin1');
      ended ||= text.includes(LAST[protocol]);
      tail = text.slice(-1000);
    };
    for (let second = 0; second < SECONDS; second++) {
      await vi.waitFor(() => {
        const read = socket.read(1024) as Buffer | null;
        if (read === null) throw new Error('nothing has come yet');
        take(read);
      });
      // The limit of silence is ten times passed by the end: it does not count against a reader.
      clock.pass(1000);
    }
    expect(relay.bytes).toBeLessThan(UNDER_WAY);
    expect(stack.gateway.status()).toMatchObject({ inFlight: 1, requests: 1 });
    for (const other of PROTOCOLS) {
      const answer = await ask(base, other, { prompt: sim({ text: 'not held up' }), stream: true });
      expect(expectWellFormed(other, answer)).toBe('complete');
      expect(answer.text).toBe('not held up');
    }

    socket.on('data', take).resume();
    await closed;
    // A few more stand in the words of the protocol, and some repeat the text at its end.
    expect(letters).toBeGreaterThanOrEqual(ANSWER_CHARS);
    expect(ended, tail.slice(-1000)).toBe(true);
    expect(tail).toMatch(/\r\n0\r\n\r\n$/);
    await vi.waitFor(() => {
      // Deletions of sessions are gathered for a moment.
      clock.pass(100);
      expect(stack.gateway.status()).toMatchObject({ inFlight: 0, requests: 0 });
      expect(simulator.stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 });
    });
  },
);
