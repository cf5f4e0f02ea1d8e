/** Turns that come one after the other, whose sessions are made before they are asked for. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator } from '../../../../simulator/src/index.js';
import type { JsonObject } from '../../util/index.js';
import { FakeClock, settled } from '../dialect/testing/fake-peer.js';
import { answerPrompt, FakeProcess } from '../testing/fake-process.js';
import { LingmaClient, type LingmaClientOptions } from './client.js';

/** Turns until the first finds a session that was made for it. */
const ROW = 18;
const MESSAGES = [{ role: 'user', text: 'Hi' }] as const;

const clients: LingmaClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

async function asked(count: number, options: LingmaClientOptions = {}, process = new FakeProcess()) {
  const clock = new FakeClock();
  const client = new LingmaClient({ connector: process.connector, clock, dialect: 'acp', ...options });
  clients.push(client);
  const ask = async (turns = 1): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) {
      const { content } = await client.complete({ messages: MESSAGES });
      expect(content).toEqual([{ type: 'text', text: 'fine' }]);
      await settled();
    }
  };
  await ask(count);
  return { client, clock, process, ask, deleted: () => process.paramsOf('chat/deleteSessionById') };
}

describe('a client whose turns come one after the other', () => {
  it('once warm - a prompt leaves before anything is asked for, in a session whose model was chosen', async () => {
    const { process, ask } = await asked(ROW);
    const from = process.calls.length;
    await ask();
    const sent = process.calls.slice(from).map(({ method }) => method);
    expect(sent[0]).toBe('session/prompt');
    expect(sent.toSorted()).toEqual(
      ['chat/deleteSessionById', 'session/new', 'session/prompt', 'session/set_model'].toSorted(),
    );
    const { sessionId, _meta } = process.paramsOf('session/prompt').at(-1) as JsonObject;
    const chosen = process.paramsOf('session/set_model').filter((params) => params.sessionId === sessionId);
    expect(chosen.map(({ modelId }) => modelId)).toEqual([(_meta as JsonObject)['ai-coding/model']]);
    const prompts = process.paramsOf('session/prompt').map((params) => params.sessionId);
    expect(new Set(prompts).size).toBe(ROW + 1);
  });

  it('asked no more - what is spare is deleted, each session once, and no timer is left', async () => {
    const { clock, process, deleted } = await asked(ROW + 3);
    await clock.advance(1000);
    const made = process.paramsOf('session/new').length;
    expect(made).toBe(ROW + 3 + 2);
    expect(new Set(deleted().map(({ sessionId }) => sessionId)).size).toBe(made);
    expect(deleted()).toHaveLength(made);
    expect(clock.pending).toBe(0);
  });

  it.each<[string, (client: LingmaClient) => Promise<void>]>([
    ['close()', (client) => client.close()],
    ['settle()', (client) => client.settle()],
  ])('%s - none is left', async (_name, end) => {
    const { client, process, deleted } = await asked(ROW + 3);
    await end(client);
    expect(deleted()).toHaveLength(process.paramsOf('session/new').length);
  });

  it('spareSessions: false - as many sessions as turns', async () => {
    const { process } = await asked(ROW * 2, { spareSessions: false });
    expect(process.paramsOf('session/new')).toHaveLength(ROW * 2);
  });

  it('a conversation that goes on in its session - none is made', async () => {
    const { client, process } = await asked(0);
    let id = '';
    for (let turn = 0; turn < ROW * 2; turn++) {
      const session = id === '' ? {} : { session: { id, knownCount: 0 } };
      const stream = client.streamTurn({ messages: MESSAGES, keepSession: true, ...session });
      for await (const _ of stream);
      id = (await stream.outcome())?.sessionId ?? '';
    }
    expect(process.paramsOf('session/new')).toHaveLength(1);
  });

  it('the process has lost a spare session - the turn is answered in a new one', async () => {
    const lost: unknown[] = [];
    let mayLose = false;
    const process = new FakeProcess({
      'session/prompt': (params, link) => {
        if (mayLose && lost.length === 0) {
          lost.push(params.sessionId);
          return new Error('session not found');
        }
        answerPrompt(params, link, 'fine');
        return null;
      },
    });
    const { ask } = await asked(ROW, {}, process);
    mayLose = true;
    await ask();
    const prompts = process.paramsOf('session/prompt').slice(-2);
    expect(prompts[0]?.sessionId).toBe(lost[0]);
    expect(prompts[1]?.sessionId).not.toBe(lost[0]);
  });

  it('a process that makes none beside a turn - turns go on as ever, and it is asked once', async () => {
    let isAnswering = false;
    let refused = 0;
    let made = 0;
    const process = new FakeProcess({
      'session/new': () => {
        if (!isAnswering) return { sessionId: `s${++made}` };
        refused++;
        return new Error('busy');
      },
      'session/prompt': async (params, link) => {
        isAnswering = true;
        await settled();
        isAnswering = false;
        answerPrompt(params, link, 'fine');
        return null;
      },
    });
    const { ask } = await asked(ROW, {}, process);
    await ask(ROW);
    expect([process.paramsOf('session/prompt').length, made, refused]).toEqual([ROW * 2, ROW * 2, 2]);
  });

  it.each([
    ['out and in', [1, 2]],
    ['in, with nobody out before', [2]],
  ])('somebody else signs %s - the sessions of the account before are given back', async (_, states) => {
    const { process, deleted, ask } = await asked(ROW);
    const before = deleted().length;
    const [link] = process.links;
    for (const status of states) link?.send({ method: 'auth/report', params: { status, id: 'other' } });
    await settled();
    await ask();
    // Two that were spare, and the one of the turn before.
    expect(deleted().length - before).toBeGreaterThanOrEqual(2);
  });

  it.each([
    // What turns that run one after the other have at once: their own, and the one before that is being deleted.
    { room: 2, width: 1 },
    { room: 3, width: 1 },
    { room: 4, width: 2 },
    { room: 6, width: 2 },
    { room: 12, width: 4 },
  ])(
    'a process with room for $room sessions, $width turns at a time - spare ones take it from no turn',
    async ({ room, width }) => {
      const held = new Set<unknown>();
      let made = 0;
      let refused = 0;
      const process = new FakeProcess({
        'session/new': () => {
          if (held.size >= room) {
            refused++;
            return new Error('too many open sessions');
          }
          const sessionId = `s${++made}`;
          held.add(sessionId);
          return { sessionId };
        },
        'chat/deleteSessionById': ({ sessionId }) => {
          held.delete(sessionId);
          return { success: true };
        },
      });
      const client = new LingmaClient({ connector: process.connector, dialect: 'acp' });
      clients.push(client);
      const ask = async (turns: number): Promise<void> => {
        for (let turn = 0; turn < turns; turn++) {
          expect((await client.complete({ messages: MESSAGES })).content).toEqual([{ type: 'text', text: 'fine' }]);
        }
      };
      await Promise.all(Array.from({ length: width }, () => ask(ROW * 3)));
      expect(refused).toBeGreaterThan(0);
      await client.close();
      expect(held.size).toBe(0);
    },
  );

  it('a process that opens no session any more - is asked twice, and the turn fails with what it says', async () => {
    let isFull = false;
    let made = 0;
    const process = new FakeProcess({
      'session/new': () => (isFull ? new Error('no room') : { sessionId: `s${++made}` }),
    });
    const { client, ask } = await asked(ROW, {}, process);
    isFull = true;
    // One that was spare, beside which the process refuses the next.
    await ask(1);
    const before = process.paramsOf('session/new').length;
    await expect(client.complete({ messages: MESSAGES })).rejects.toMatchObject({ code: 'upstream_error' });
    expect(process.paramsOf('session/new').length - before).toBe(2);
  });

  it('a simulated process, eight at a time - all answered, and nothing is left after the pause', async () => {
    const simulator = createSimulator({ acp: 'present' });
    await simulator.start();
    try {
      const client = new LingmaClient({ address: simulator.address.webSocketUrl });
      clients.push(client);
      let left = 400;
      const turns = async (): Promise<void> => {
        while (left-- > 0) await client.complete({ messages: [{ role: 'user', text: '@sim {"text":"ok"}' }] });
      };
      await Promise.all(Array.from({ length: 8 }, turns));
      expect(simulator.stats.prompts).toHaveLength(400);
      expect(simulator.stats.sessionsCreated).toBeGreaterThan(400);
      await vi.waitFor(() => expect(simulator.stats.sessionsOpen).toBe(0), 5000);
      await client.close();
      expect(simulator.stats.sessionsDeleted).toBe(simulator.stats.sessionsCreated);
    } finally {
      await simulator.stop();
    }
  });
});
