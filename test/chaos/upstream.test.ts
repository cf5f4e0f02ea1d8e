/**
 * Every fault of the wire, in both dialects, three protocols, streamed and whole, before the first word and in the middle: a
 * well-formed end, a next request that works, and nothing left.
 */
import {
  END_FAULTS,
  type EndFault,
  type SimulatorOptions,
  WIRE_FAULTS,
  type WireFault,
} from '@lingma-gateway/simulator';
import { describe, expect, it } from 'vitest';
import { ask, type Protocol } from '../support/ask.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import type { Answer } from '../support/read-answer.js';
import { sim } from '../support/stack.js';
import {
  type ChaosHouse,
  closeChaos,
  countHandles,
  DIALECTS,
  expectNoProtocolErrors,
  expectNothingHeld,
  expectWellFormed,
  expectWorks,
  FORMS,
  LONG,
  startChaos,
  TRANSPORTS,
  TWO_FORMS,
  whileTimePasses,
} from './chaos-house.js';
import type { Outcome } from './well-formed.js';

expectQuietProcess();

const TEXT = 'one two three four';
const CHUNKS = 4;

interface Case {
  readonly fault: string;
  readonly directive: object;
  /** `whole`: the answer is not touched; `broken`: it ends in an error; `timeout`: so does it, when a limit has passed. */
  readonly comes: 'whole' | 'broken' | 'timeout';
  readonly switches?: SimulatorOptions;
  readonly text?: RegExp;
}

/** What each of them does to an answer. The compiler asks for those that are new. */
const WIRE: Readonly<Record<WireFault | EndFault, Case['comes']>> = {
  reset: 'broken',
  close: 'broken',
  'half-close': 'broken',
  stall: 'timeout',
  garbage: 'broken',
  'bad-websocket-frame': 'broken',
  'endless-header': 'broken',
  'truncated-frame': 'broken',
  'length-too-long': 'broken',
  'length-too-short': 'broken',
  'length-huge': 'broken',
  'length-negative': 'broken',
  'giant-frame': 'broken',
  'giant-delta': 'whole',
  'broken-json': 'whole',
  'not-an-object': 'whole',
  'invalid-utf8': 'whole',
  'deep-json': 'whole',
  'wrong-types': 'whole',
  'foreign-events': 'whole',
  'unknown-replies': 'whole',
  'unknown-request': 'whole',
  flood: 'whole',
  'no-finish': 'timeout',
  'duplicate-finish': 'whole',
  'late-delta': 'whole',
  'error-after-finish': 'whole',
};

const places = (kind: string): readonly number[] => (Object.hasOwn(END_FAULTS, kind) ? [CHUNKS] : [0, 2]);

const CASES: readonly Case[] = [
  ...Object.entries(WIRE).flatMap(([kind, comes]) =>
    places(kind).map((afterChunks) => ({
      fault: `${kind} after ${afterChunks}`,
      directive: { fault: { kind, afterChunks } },
      comes,
      ...(kind === 'giant-delta' && { text: /^(one two t)?(x{1024}){4096}(one two t)?hree four$/ }),
    })),
  ),
  ...(['clean', 'mid-frame'] as const).flatMap((cut) =>
    [0, 2].map((dropAfterChunks) => ({
      fault: `cut (${cut}) after ${dropAfterChunks}`,
      directive: { dropAfterChunks },
      comes: 'broken' as const,
      switches: { cut },
    })),
  ),
  ...(['finish', 'chat-error', 'rpc-error'] as const).flatMap((form) =>
    [0, 2].map((afterChunks) => ({
      fault: `error (${form}) after ${afterChunks}`,
      directive: { error: { status: 500, message: 'boom', form, afterChunks } },
      comes: 'broken' as const,
    })),
  ),
  { fault: 'silence', directive: { silence: true }, comes: 'timeout' },
];

function expectEnd({ comes, text }: Case, protocol: Protocol, stream: boolean, answer: Answer): void {
  const outcome = expectWellFormed(protocol, answer);
  if (comes === 'whole') {
    expect(outcome, answer.raw.slice(0, 2000)).toBe('complete');
    expect(answer.ended).toBe(true);
    if (text === undefined) expect(answer.text).toBe(TEXT);
    else expect(text.test(answer.text), `${answer.text.length} characters`).toBe(true);
    return;
  }
  // Never a normal end, and nothing that was not said.
  expect(answer.ended).toBe(false);
  const expected: readonly Outcome[] = stream ? ['failed', 'refused'] : ['refused'];
  expect(expected).toContain(outcome);
  expect(TEXT.startsWith(answer.text), answer.text).toBe(true);
  if (comes === 'timeout' && outcome === 'refused') expect(answer.status).toBe(504);
}

const askFaulty = (house: ChaosHouse, { directive, comes }: Case, protocol: Protocol, stream: boolean) => {
  const { faults, prompts } = house.simulator.stats;
  const struck = (): number => Object.values(faults).reduce((sum, count) => sum + count, 0);
  const [before, asked] = [struck(), prompts.length];
  const silent = 'silence' in directive;
  const due = (): boolean => comes === 'timeout' && (silent ? prompts.length > asked : struck() > before);
  const prompt = sim({ text: TEXT, chunks: CHUNKS, ...directive });
  // Nothing here is to be cut for its length.
  const body = protocol === 'messages' ? { max_tokens: 32_000_000 } : {};
  return whileTimePasses(house.clock, due, ask(house.base, protocol, { prompt, stream, body }));
};

/** Those of many megabytes are not the protocols' matter: the short form asks for them in two forms. */
const formsOf = ({ fault }: Case) => (fault.startsWith('giant') && !LONG ? TWO_FORMS : FORMS);

describe.each(TRANSPORTS)('%s', (transport) => {
  describe.each(DIALECTS)('%s', (_dialect, acp) => {
    it.each(CASES)('$fault - $comes', async (one) => {
      const expectHandlesClosed = countHandles();
      const house = await startChaos({ acp, ...one.switches }, { transport });
      try {
        for (const { protocol, stream } of formsOf(one)) {
          expectEnd(one, protocol, stream, await askFaulty(house, one, protocol, stream));
          await expectWorks(house, [{ protocol, stream }]);
        }
        await expectNothingHeld(house);
        expectNoProtocolErrors(house);
      } finally {
        await closeChaos(house);
      }
      await expectHandlesClosed();
    });
  });
});

it('the table - holds every fault that the simulator knows', () => {
  expect(Object.keys(WIRE).sort()).toEqual([...Object.keys(WIRE_FAULTS), ...Object.keys(END_FAULTS)].sort());
});
