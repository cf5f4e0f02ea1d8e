/** More clients than there are file descriptors: each is answered or told when to come back, and afterwards all is as before. */
import { createSimulator, type Simulator } from '@lingma-gateway/simulator';
import { afterEach, expect, it, vi } from 'vitest';
import { cleanUp, startServe } from '../scenario/server-process.js';
import { ask, PROTOCOLS, type Protocol } from '../support/ask.js';
import { readAnswer } from '../support/read-answer.js';
import { sim } from '../support/stack.js';
import { DIALECTS, expectWellFormed, LONG } from './chaos-house.js';
import { openRaw, readResponses, requestBytes } from './raw-request.js';

const DESCRIPTORS = 256;
const CLIENTS = 500;
const ROUNDS = LONG ? 5 : 1;
const AFTERWARDS = 12;

let simulator: Simulator | undefined;
afterEach(async () => {
  await cleanUp();
  await simulator?.stop();
});

const protocolOf = (index: number): Protocol => PROTOCOLS[index % PROTOCOLS.length] ?? 'chat';

it.skipIf(process.platform === 'win32').each(DIALECTS)(
  `${CLIENTS} clients, ${DESCRIPTORS} descriptors, no request before (%s)`,
  async (_dialect, acp) => {
    simulator = createSimulator({ acp });
    await simulator.start();
    const { stats, address } = simulator;
    const args = ['--ws-url', address.webSocketUrl, '--no-sessions', '--log-level', 'error'];
    const { cli, url } = await startServe(args, { openFiles: DESCRIPTORS });

    for (let round = 0; round < ROUNDS; round++) {
      const outcomes = await Promise.all(
        Array.from({ length: CLIENTS }, async (_, index) => {
          const protocol = protocolOf(index);
          const { socket, closed } = await openRaw(url);
          const prompt = sim({ text: 'one of many', chunks: 3, firstDelayMs: 20 });
          socket.write(requestBytes(protocol, { prompt, stream: index % 2 === 0 }, ['connection: close']));
          const text = await closed;
          // Whoever is one too many for even that is not let in at all.
          if (text === '') return 'closed';
          const answer = await readAnswer(protocol, readResponses(text)[0] as Response);
          if (answer.status === 200) {
            expectWellFormed(protocol, answer);
            expect(answer).toMatchObject({ ended: true, text: 'one of many' });
            return 'answered';
          }
          expect([429, 503, 529]).toContain(answer.status);
          expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
          return 'later';
        }),
      );
      const count = (outcome: string): number => outcomes.filter((each) => each === outcome).length;
      // As many as may be served at once, less the connections that are kept alive of those who came after the last crowd.
      expect(count('answered')).toBeGreaterThanOrEqual(DESCRIPTORS / 4 - (round === 0 ? 0 : AFTERWARDS));
      // Nobody is to blame: one who has been let in is told.
      expect(count('answered') + count('later')).toBeGreaterThan(count('closed'));
      // With the crowd gone, everybody is served.
      for (let index = 0; index < AFTERWARDS; index++) {
        const protocol = protocolOf(index);
        const answer = await ask(url, protocol, { prompt: sim({ text: 'as before' }), stream: index % 2 === 0 });
        expect(expectWellFormed(protocol, answer)).toBe('complete');
        expect(answer.text).toBe('as before');
      }
    }
    await vi.waitFor(() => expect(stats).toMatchObject({ turnsActive: 0, sessionsOpen: 0 }));
    cli.child.kill('SIGTERM');
    expect(await cli.exit).toBe(0);
    await vi.waitFor(() => expect(stats.connectionsOpen).toBe(0));
    expect(cli.stderr()).not.toMatch(/unhandled|uncaught/i);
  },
);
