/** A gateway on a simulator for one kind of chaos, and the look around afterwards: nothing may be left. */
import { createSimulator, type SimulatorOptions } from '@lingma-gateway/simulator';
import { expect, vi } from 'vitest';
import { ask, PROTOCOLS, type Protocol } from '../support/ask.js';
import type { Answer } from '../support/read-answer.js';
import { type SimulatedStack, type StackOptions, sim, startStack } from '../support/stack.js';
import { StandingClock } from '../support/standing-clock.js';
import { judge, type Outcome } from './well-formed.js';

/** `npm run chaos` sets it: more rounds, both transports, larger numbers. */
export const LONG = process.env.LINGMA_GATEWAY_CHAOS === 'long';

export const DIALECTS = [
  ['acp', 'present'],
  ['lsp-chat', 'absent'],
] as const;

export const FORMS = PROTOCOLS.flatMap((protocol) => [true, false].map((stream) => ({ protocol, stream })));

/** One streamed, one whole: for what does not depend on the protocol, where there is little time. */
export const TWO_FORMS = [FORMS[0], FORMS[3]].flatMap((form) => form ?? []);

/** The way from the gateway to Lingma. */
export const TRANSPORTS = LONG ? (['websocket', 'socket'] as const) : (['websocket'] as const);
export type Transport = 'websocket' | 'socket';

export interface ChaosHouse extends SimulatedStack {
  readonly base: string;
  readonly clock: StandingClock;
}

/** Lingma's time stands still unless a test lets it pass: a limit strikes where it should, never because a machine is busy. */
export async function startChaos(
  switches: SimulatorOptions,
  { transport = 'websocket', ...options }: Omit<StackOptions, 'webSocketUrl'> & { readonly transport?: Transport } = {},
): Promise<ChaosHouse> {
  const clock = new StandingClock();
  const simulator = createSimulator(switches);
  await simulator.start();
  const { webSocketUrl, socketPath, workDir } = simulator.address;
  const stack = await startStack({
    webSocketUrl: transport === 'websocket' ? webSocketUrl : socketPath,
    ...options,
    client: { clock, discovery: { explicit: { workDir } }, ...options.client },
  });
  return {
    ...stack,
    simulator,
    clock,
    base: await stack.listen(),
    async close() {
      await stack.close();
      await simulator.stop();
    },
  };
}

/** Lets Lingma's time pass while `due`, until the answer has settled. */
export async function whileTimePasses<T>(clock: StandingClock, due: () => boolean, answer: Promise<T>): Promise<T> {
  let settled = false;
  const note = (): void => {
    settled = true;
  };
  answer.then(note, note);
  while (!settled) {
    await new Promise((resolve) => setTimeout(resolve, 4));
    if (due()) clock.pass(5000);
  }
  return answer;
}

/** What came, held against its protocol. */
export function expectWellFormed(protocol: Protocol, answer: Answer): Outcome {
  const { outcome, problems } = judge(protocol, answer);
  expect(problems, answer.raw.slice(0, 2000)).toEqual([]);
  // No path, no account, no stack, and nothing that was meant for somebody else.
  expect(answer.raw).not.toMatch(/\/tmp|\/home|\n {4}at |FOREIGN/);
  return outcome;
}

/** The same gateway answers the next, in every form, and with nothing of what was before. */
export async function expectWorks({ base }: ChaosHouse, forms = FORMS): Promise<void> {
  for (const { protocol, stream } of forms) {
    const answer = await ask(base, protocol, { prompt: sim({ text: 'it works again' }), stream });
    expect(expectWellFormed(protocol, answer), answer.raw).toBe('complete');
    expect(answer.text).toBe('it works again');
  }
}

/** Neither the gateway nor Lingma holds anything of the requests that are over. */
export async function expectNothingHeld(
  { gateway, client, simulator, clock }: ChaosHouse,
  { sessions = true }: { readonly sessions?: boolean } = {},
): Promise<void> {
  await vi.waitFor(() => {
    // A stop that nobody answers ends with the time it is given, and so does a connection that was given up.
    const { open, busy } = client.status().connections;
    // Deletions of sessions are gathered for a moment.
    const { connectionsOpen, sessionsOpen } = simulator.stats;
    if (busy > 0 || sessionsOpen > 0 || connectionsOpen > open) clock.pass(1000);
    expect(gateway.status()).toMatchObject({ inFlight: 0, waiting: 0, requests: 0 });
    expect(client.status().connections).toMatchObject({ busy: 0, waiting: 0 });
    expect(simulator.stats).toMatchObject({ turnsActive: 0, ...(sessions && { sessionsOpen: 0 }) });
    expect(simulator.stats.connectionsOpen).toBe(client.status().connections.open);
  });
}

/** A process without ACP is asked for it once, to know. */
export function expectNoProtocolErrors({ simulator: { stats } }: ChaosHouse): void {
  expect(stats.protocolErrorDetails.filter((detail) => !/session\/new/.test(detail))).toEqual([]);
}

const OURS = /^(TCP|Pipe|TLS|ChildProcess|ProcessWrap|FSReq)/;
const handles = (): string[] => process.getActiveResourcesInfo().filter((name) => OURS.test(name));

/** Call before anything is opened; the function it gives holds what is open then against what was. */
export function countHandles(): () => Promise<void> {
  const before = handles().length;
  return () => vi.waitFor(() => expect(handles().length, handles().join(' ')).toBeLessThanOrEqual(before));
}

/** Closes the house: no timer of Lingma's and no socket outlives it. */
export async function closeChaos(house: ChaosHouse): Promise<void> {
  // What it waits for may never come.
  await whileTimePasses(house.clock, () => true, house.close());
  expect(house.clock.pending).toBe(0);
}
