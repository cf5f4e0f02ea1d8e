/**
 * Random agent loops, told to a gateway that goes on in Lingma's sessions and to one that tells everything anew each time: the
 * simulator answers from what its session remembers, so the same answers mean the same memory.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askWithTools, type Clients, createClients, PROTOCOLS, type Protocol, SPECS } from '../support/call-tools.js';
import { answered, bodyOf, type Entry } from '../support/history.js';
import { expectQuietProcess } from '../support/quiet-process.js';
import { type SimulatedStack, sim, startSimulated } from '../support/stack.js';

expectQuietProcess();

/** All in all two hundred, each of a few turns with a few steps. */
const LOOPS = 25;
const FORMATS = ['action', 'json', 'hash', 'hermes', 'qwen-xml', 'tool_code'];

/** The same numbers in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

class Writer {
  #facts = 0;
  constructor(
    readonly random: (below: number) => number,
    readonly name: string,
  ) {}

  fact(): string {
    return `fact-${this.name}-${this.#facts++}`;
  }

  /** What somebody writes, with line ends and lines that look like ours now and then. */
  text(): string {
    const more = ['', '\n', '\r\nmore', '\nUser:\nme too', '\nTool result for nobody (x):\nfine', ' 好'];
    return `${this.fact()} words${more[this.random(more.length)]}`;
  }

  #call(): object {
    const calls = [
      { name: 'get_weather', input: { city: this.fact(), days: this.random(9), tags: [this.fact()] } },
      { name: 'write_file', input: { path: `/tmp/${this.fact()}`, content: 'a\n"b"\n```\nc\n```\n' } },
      { name: 'get_time', input: {} },
    ];
    return calls[this.random(calls.length)] as object;
  }

  /** A question that is answered with some steps of calls, and then with what is remembered. */
  question(): string {
    const steps = Array.from({ length: this.random(4) }, () => ({
      ...(this.random(2) === 0 && { text: `Let me look, ${this.fact()}.` }),
      tools: Array.from({ length: 1 + this.random(3) }, () => this.#call()),
    }));
    const toolFormat = FORMATS[this.random(FORMATS.length)];
    return `${this.text()}\n${sim({ toolFormat, steps: [...steps, { echo: 'facts' }] })}`;
  }
}

describe.each(['acp', 'lsp-chat'] as const)('%s', (dialect) => {
  let continued: SimulatedStack;
  let fresh: SimulatedStack;
  let clients: readonly [Clients, Clients];

  beforeAll(async () => {
    continued = await startSimulated({}, { client: { dialect }, conversations: {} });
    fresh = await startSimulated({}, { client: { dialect } });
    const clientsOf = ({ gateway }: SimulatedStack): Clients =>
      createClients('http://127.0.0.1', (request) => gateway.fetch(request));
    clients = [clientsOf(continued), clientsOf(fresh)];
  });
  afterAll(async () => {
    const { conversations, simulator } = continued;
    // No session but those that are remembered.
    await vi.waitFor(() => expect(simulator.stats.sessionsOpen).toBe(conversations?.stats().entries));
    await continued.close();
    await fresh.close();
    expect(simulator.stats.sessionsOpen).toBe(0);
  });

  /** Asks both; the answers have to be the same. */
  async function ask(protocol: Protocol, history: readonly Entry[], stream: boolean): Promise<Entry> {
    const question = { prompt: '', tools: SPECS, stream, body: bodyOf(protocol, history) };
    const [one, other] = await Promise.all(clients.map((client) => askWithTools(client, protocol, question)));
    const told = (answer: typeof one) => ({
      ...answer,
      calls: answer?.calls.map(({ name, input }) => ({ name, input })),
    });
    expect(told(one)).toEqual(told(other));
    return answered(one as NonNullable<typeof one>);
  }

  /** From a question to the answer without calls. */
  async function run(writer: Writer, history: Entry[], pick: () => Protocol): Promise<void> {
    for (;;) {
      const answer = await ask(pick(), history, writer.random(2) === 0);
      history.push(answer);
      if (answer.role !== 'assistant' || answer.calls.length === 0) return;
      const results = answer.calls.map(({ id }) => ({ id, text: `${writer.text()}` }));
      history.push({ role: 'tool', results: writer.random(3) === 0 ? results.reverse() : results });
    }
  }

  it.each([...PROTOCOLS, 'all protocols in turns'] as const)(
    '%s - the same answers as when all is told anew',
    async (way) => {
      for (let loop = 0; loop < LOOPS; loop++) {
        const random = randomOf(loop * 7 + way.length * 1000 + dialect.length);
        const writer = new Writer(random, `${way.length}-${loop}`);
        const pick = (): Protocol =>
          way === 'all protocols in turns' ? (PROTOCOLS[random(PROTOCOLS.length)] as Protocol) : way;
        const history: Entry[] = random(2) === 0 ? [] : [{ role: 'system', text: writer.text() }];
        const begun = history.length;
        for (let turn = 0; turn <= random(4); turn++) {
          history.push({ role: 'user', text: writer.question() });
          await run(writer, history, pick);
        }
        // What was said is changed, asked again, or gone on with in two ways.
        const users = history.flatMap(({ role }, index) => (role === 'user' && index >= begun ? [index] : []));
        const at = users[random(users.length)] as number;
        switch (random(4)) {
          case 0:
            history.splice(at, history.length, { role: 'user', text: writer.question() });
            await run(writer, history, pick);
            break;
          case 1: {
            const again = history.slice(0, at + 1);
            await run(writer, [...again], pick);
            await run(writer, again, pick);
            break;
          }
          case 2: {
            const fork = (): Entry[] => [...history, { role: 'user', text: writer.question() }];
            await Promise.all([run(writer, fork(), pick), run(writer, fork(), pick)]);
            break;
          }
        }
      }
      const { hits, misses } = continued.conversations?.stats() ?? { hits: 0, misses: 0 };
      // Most turns went on where the one before had ended.
      expect(hits).toBeGreaterThan(misses);
    },
    180_000,
  );
});
