/** What goes wrong before an answer begins: the way to Lingma, and each call that a turn is prepared with. */
import type { SimulatorOptions } from '@lingma-gateway/simulator';
import { describe, expect, it } from 'vitest';
import { ask } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { sim } from '../support/stack.js';
import {
  closeChaos,
  countHandles,
  DIALECTS,
  expectNothingHeld,
  expectWellFormed,
  expectWorks,
  FORMS,
  LONG,
  startChaos,
  TWO_FORMS,
  whileTimePasses,
} from './chaos-house.js';

expectQuietProcess();

const METHODS = [
  'initialize',
  'auth/status',
  'config/queryModels',
  'session/new',
  'session/set_model',
  'session/prompt',
  'chat/ask',
  'chat/deleteSessionById',
];
const FAULTS = ['silent', 'error', 'null', 'twice', 'drop'];

interface Case {
  readonly fault: string;
  readonly broken: SimulatorOptions;
  readonly mended: SimulatorOptions;
  /** The answer that nobody can give: a request that is not refused has been made up. */
  readonly refused?: boolean;
  /** Sessions that Lingma was not told to delete are still there. */
  readonly leavesSessions?: boolean;
}

const CASES: readonly Case[] = [
  ...(['silent', 'garbage', 'reset'] as const).map((upgrade) => ({
    fault: `upgrade ${upgrade}`,
    broken: { upgrade },
    mended: { upgrade: 'ok' as const },
    refused: true,
  })),
  ...METHODS.flatMap((method) =>
    FAULTS.map((fault) => ({
      fault: `${method} ${fault}`,
      broken: { methodFaults: `${method}=${fault}` },
      mended: { methodFaults: '' },
      leavesSessions: /delete|new|prompt|ask/.test(method),
    })),
  ),
];

describe.each(DIALECTS)('%s', (_dialect, acp) => {
  it.each(CASES)('$fault - a whole answer or a refusal, and a way back', async (one) => {
    const { broken, mended, refused = false, leavesSessions = false } = one;
    const expectHandlesClosed = countHandles();
    const house = await startChaos({ acp, ...broken });
    try {
      for (const { protocol, stream } of LONG ? FORMS : TWO_FORMS) {
        const prompt = sim({ text: 'nothing else' });
        const answering = ask(house.base, protocol, { prompt, stream });
        const answer = await whileTimePasses(house.clock, () => true, answering);
        const outcome = expectWellFormed(protocol, answer);
        if (outcome === 'complete') expect(answer.text).toBe('nothing else');
        else expect(answer.ended).toBe(false);
        if (refused) expect(outcome).toBe('refused');
      }
      house.simulator.setSwitches(mended);
      await expectWorks(house, LONG ? FORMS : TWO_FORMS);
      await expectNothingHeld(house, { sessions: !leavesSessions });
    } finally {
      await closeChaos(house);
    }
    await expectHandlesClosed();
  });
});
