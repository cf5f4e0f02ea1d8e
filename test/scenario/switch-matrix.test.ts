/**
 * The gateway's contract over every way a Lingma process may behave: each switch of the simulator at each of its
 * values, in both dialects, and then combinations in which every two values meet.
 */
import { type SimulatorOptions, SWITCH_TABLE, type SwitchName } from '@lingma-gateway/simulator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, type Protocol, type Question } from '../support/ask.js';
import { type Factors, pairwise } from '../support/pairwise.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import type { Answer } from '../support/read-answer.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

const TEXT = '你好，世界！👩‍👩‍👧‍👦 Zażółć <b>not a tag</b> — 𝒳 `code` & "quotes"\n\nA second paragraph.';
const THOUGHT = 'Erst 考える 🤔, then answer.\nTwo lines of it.';
const PROMPT = sim({ text: TEXT, reasoning: THOUGHT, chunks: 7 });

type Dialect = 'acp' | 'lsp-chat';
const DIALECTS: readonly Dialect[] = ['acp', 'lsp-chat'];

/** Values to try of switches that are no choice and no boolean. */
const SAMPLES: Partial<Record<SwitchName, readonly (string | number)[]>> = {
  serverName: ['lingma', 'qodercn'],
  serverVersion: ['2.11.1', '0.7.1', '1.26.0-beta'],
  wsPath: ['/', '/ws'],
  eventReplyTimeoutMs: [5000],
  toolTimeoutMs: [30_000],
  modelsEmptyCalls: [0, 1],
  maxClients: [0, 1],
  slowStartMs: [0, 30],
  infoDelayMs: [500],
  // What methods do wrong is tried in the chaos suite.
  methodFaults: [''],
};

/** Values under which no turn can go well, and the code or type the caller is told in its place. */
const REFUSED: Partial<Record<SwitchName, Readonly<Record<string, string>>>> = {
  loggedOut: { true: 'login_required' },
  quotaExceeded: { true: 'insufficient_quota' },
  modelTimeout: { finish: 'upstream_timeout', silence: 'upstream_timeout' },
};

/** Values with a test of their own below, and why. */
const ELSEWHERE: Partial<Record<SwitchName, readonly unknown[]>> = {
  // The process does not start at all.
  failStart: [true],
  // No way in: tried in the chaos suite.
  upgrade: ['silent', 'garbage', 'reset'],
};

const SHORT = { connectMs: 5000, setupMs: 5000, firstEventMs: 400, idleMs: 300, totalMs: 10_000 };

let stack: SimulatedStack | undefined;
afterEach(async () => {
  await stack?.close();
  stack = undefined;
});

async function start(dialect: Dialect, switches: SimulatorOptions): Promise<SimulatedStack> {
  const other: SimulatorOptions = dialect === 'acp' ? {} : { acp: 'absent' };
  const patient = switches.modelTimeout === undefined && switches.chatFinish === undefined;
  stack = await startSimulated(
    { ...other, ...switches },
    // Where there is an answer it is waited for, however busy the machine is.
    {
      client: {
        detectMs: switches.acp === 'silent' ? 300 : 10_000,
        deadlines: {
          ...SHORT,
          ...(switches.modelTimeout === undefined && { firstEventMs: 10_000 }),
          ...(patient && { idleMs: 5000 }),
        },
      },
    },
  );
  return stack;
}

function expectAnswer(answer: Answer, protocol: Protocol, thoughts: boolean): void {
  expect(answer.error).toBeUndefined();
  expect(answer.status).toBe(200);
  expect(answer.text).toBe(TEXT);
  expect(answer.reasoning.trim()).toBe(thoughts ? THOUGHT : '');
  expect(answer.finish).toBe({ chat: 'stop', messages: 'end_turn', responses: 'completed' }[protocol]);
  expect(answer.ended).toBe(true);
  expect(answer.model).toBe('auto');
  expect(answer.inputTokens).toBeGreaterThan(0);
  expect(answer.outputTokens).toBeGreaterThan(0);
}

async function expectClean({ simulator, gateway }: SimulatedStack): Promise<void> {
  const { stats } = simulator;
  await vi.waitFor(
    () => {
      expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 });
      expect(stats.turnsActive).toBe(0);
      expect({ open: stats.sessionsOpen, deleted: stats.sessionsDeleted }).toEqual({
        open: 0,
        deleted: stats.sessionsCreated,
      });
      expect(stats.requestsAnswered).toBe(stats.requestsSent);
    },
    { timeout: 5000, interval: 5 },
  );
  expect(stats.unansweredRequests).toBe(0);
  // How a client finds out that there is no ACP.
  const details = stats.protocolErrorDetails.filter((detail) => !/session\/new/.test(detail));
  expect(details).toEqual([]);
}

const QUESTIONS: readonly (readonly [Protocol, Question])[] = (['chat', 'messages'] as const).flatMap((protocol) =>
  [true, false].map((stream) => [protocol, { prompt: PROMPT, stream }] as const),
);

/** Streamed and whole, in both protocols, at once and then one more. */
async function expectContract(dialect: Dialect, switches: SimulatorOptions, refused?: string): Promise<void> {
  const running = await start(dialect, switches);
  const base = await running.listen();
  const thoughts = showsThoughts(dialect, switches);
  const answers = await Promise.all(QUESTIONS.map(([protocol, question]) => ask(base, protocol, question)));
  for (const [index, answer] of answers.entries()) {
    const [protocol] = QUESTIONS[index] ?? ['chat'];
    if (refused === undefined) {
      expectAnswer(answer, protocol, thoughts);
      continue;
    }
    expect(answer.ended).toBe(false);
    expect(answer.error?.message).toBeTruthy();
    if (protocol === 'chat') expect(answer.error?.code).toBe(refused);
  }
  if (refused === undefined) expectAnswer(await ask(base, 'chat', { prompt: PROMPT, stream: true }), 'chat', thoughts);
  await expectClean(running);
}

function showsThoughts(dialect: Dialect, { thinking, acpThinking = 'auto', lspChat }: SimulatorOptions): boolean {
  const acp = dialect === 'acp' || lspChat === 'absent' || lspChat === 'silent';
  if (acp && acpThinking !== 'auto') return acpThinking !== 'none';
  return thinking !== 'none';
}

/** Tried where somebody signs in. */
const SIGNING_IN = /^(login|personalToken|accessKeys|dedicatedDomain|organisations)/;

function valuesOf(name: SwitchName): readonly unknown[] {
  const row = SWITCH_TABLE[name];
  if (row.kind === 'choice') return row.choices;
  if (row.kind === 'boolean') return [true, false];
  return SAMPLES[name] ?? (SIGNING_IN.test(name) ? [row.fallback] : []);
}

const NAMES = Object.keys(SWITCH_TABLE) as SwitchName[];

it('every switch has values to try', () => {
  expect(NAMES.filter((name) => valuesOf(name).length === 0)).toEqual([]);
});

describe.each(DIALECTS)('%s', (dialect) => {
  const cases = NAMES.flatMap((name) => valuesOf(name).map((value) => [name, value] as const)).filter(
    ([name, value]) =>
      value !== SWITCH_TABLE[name].fallback && !ELSEWHERE[name]?.includes(value) && !contradicts(dialect, name, value),
  );

  it('every switch at its default', () => expectContract(dialect, {}));

  it.each(cases)('%s %s', async (name, value) => {
    await expectContract(dialect, { [name]: value }, REFUSED[name]?.[String(value)]);
  });

  it('a combination of any two values', async () => {
    const rows = pairwise(factorsOf(dialect));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      try {
        await expectContract(dialect, row);
      } catch (cause) {
        throw new Error(`with ${JSON.stringify(row)}`, { cause });
      } finally {
        await stack?.close();
        stack = undefined;
      }
    }
  }, 60_000);
});

/** The switch takes away the dialect that is meant. */
function contradicts(dialect: Dialect, name: SwitchName, value: unknown): boolean {
  return dialect === 'lsp-chat' && name === 'lspChat' && value !== 'present';
}

/** Switches under which turns still go well, beyond those that only wait. */
function factorsOf(dialect: Dialect): Factors {
  const left: readonly SwitchName[] = ['acp', 'lspChat', 'chatFinish', 'slowStartMs', 'maxClients', 'modelsEmptyCalls'];
  const factors: Record<string, readonly unknown[]> = {};
  for (const name of NAMES) {
    const values = valuesOf(name).filter(
      (value) => !ELSEWHERE[name]?.includes(value) && REFUSED[name]?.[String(value)] === undefined,
    );
    if (values.length > 1 && !left.includes(name) && !contradicts(dialect, name, values[0])) factors[name] = values;
  }
  return factors;
}

describe.each(DIALECTS)('%s, an account without quota', (dialect) => {
  it.each(['finish', 'chat-error', 'finish-112'] as const)('told as %s', async (quota) => {
    await expectContract(dialect, { quotaExceeded: true, quota }, 'insufficient_quota');
  });
});

it('a process that fails to start', async () => {
  await expect(start('acp', { failStart: true })).rejects.toThrow('failed to start');
});
