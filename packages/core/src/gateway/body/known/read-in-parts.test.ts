import { describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../pool/testing/manual-clock.js';
import { isJsonObject, type JsonValue } from '../../../util/index.js';
import { type HistoryRules, openaiChat } from '../../../wire/index.js';
import { createBodyBudget } from '../body-budget.js';
import { BodyText } from '../body-text.js';
import { createBodyWork } from '../body-work.js';
import { KnownBodies, type KnownPlace } from './known-bodies.js';
import { MIN_BYTES, ReadBody, readInParts } from './read-in-parts.js';

const rules = openaiChat.history as HistoryRules;
const options = {
  ...{ maxBodyBytes: 10_000_000, maxJsonDepth: 16, signal: new AbortController().signal },
  share: createBodyBudget(100_000_000).open(),
  work: createBodyWork({ queueTimeoutMs: 1000 }),
};
const LONG = '长 🙂 "words" \\ '.repeat(MIN_BYTES / 16);
const user = (content: string) => ({ role: 'user', content });
const said = (content: string) => ({ role: 'assistant', content });
const FIRST = [user(LONG), said('a'), user('b')];
const NEXT = [...FIRST, said('c'), user('d')];

async function read(bodies: KnownBodies, text: string | Buffer, scope = 'me'): Promise<ReadBody> {
  const body = new BodyText();
  body.push(Buffer.from(text));
  const found = await readInParts(body.take().bytes, options, { bodies, scope, rules, complete: (value) => value });
  if (!(found instanceof ReadBody)) throw new Error('read as a small one');
  return found;
}

/** Reads a body and remembers the places behind these elements, as the answer's end does. */
async function remember(bodies: KnownBodies, text: string, wanted: readonly number[], scope?: string): Promise<void> {
  const body = await read(bodies, text, scope);
  const marked = body.mark(wanted) ?? [];
  body.keeper()(marked.map((place, index): KnownPlace => ({ ...place, messages: wanted[index] ?? 0, facts: index })));
}

const listOf = ({ body }: ReadBody): JsonValue | undefined => (isJsonObject(body) ? body.messages : undefined);
const bodyOf = (messages: unknown, more: object = {}): string => JSON.stringify({ model: 'm', messages, ...more });

describe('readInParts', () => {
  it('a body that goes on - is read from the known place on, and as a whole when asked for', async () => {
    const bodies = new KnownBodies();
    await remember(bodies, bodyOf(FIRST), [0, 2]);
    const next = await read(bodies, bodyOf(NEXT, { temperature: 1 }));
    expect(next.found?.place).toMatchObject({ elements: 3, facts: 1 });
    expect(next.body).toEqual({ model: 'm', messages: NEXT.slice(3), temperature: 1 });
    expect(next.whole()).toEqual({ model: 'm', messages: NEXT, temperature: 1 });
    // Its own places count from the first element.
    expect(next.mark([1])).toMatchObject([{ elements: 5 }]);
  });

  it('an edit behind an earlier place - is read from that one on', async () => {
    const bodies = new KnownBodies();
    await remember(bodies, bodyOf(FIRST), [0, 2]);
    const edited = [...FIRST.slice(0, 2), user('another'), said('c'), user('d')];
    const next = await read(bodies, bodyOf(edited));
    expect(next.found?.place).toMatchObject({ elements: 1, facts: 0 });
    expect(listOf(next)).toEqual(edited.slice(1));
  });

  it.each<[string, (text: string) => string]>([
    ['the same body again', () => bodyOf(FIRST)],
    ['a byte that differs in what is known', () => bodyOf([user(`${LONG.slice(0, -1)}!`), ...NEXT.slice(1)])],
    [
      'the list twice, the other one last',
      (text) => `${text.slice(0, -1)},"messages":[{"role":"user","content":"x"}]}`,
    ],
    [
      'the list by an escaped name last',
      (text) => `${text.slice(0, -1)},"m\\u0065ssages":[{"role":"user","content":"x"}]}`,
    ],
    [
      'an element that says what it is by another',
      () => bodyOf([...FIRST, { role: 'function', name: 'f', content: 'x' }, user('d')]),
    ],
    ['a message of the user behind what is known', () => bodyOf([...FIRST, user('c'), user('d')])],
    ['another system prompt beside the list', () => bodyOf(NEXT, { system: 'Be brief.' })],
    ['another layout', () => JSON.stringify({ model: 'm', messages: NEXT }, null, 1)],
  ])('%s - is read as a whole', async (_, change) => {
    const bodies = new KnownBodies();
    await remember(bodies, bodyOf(FIRST), [0, 2]);
    const text = change(bodyOf(NEXT));
    const next = await read(bodies, text);
    expect(next.found).toBeUndefined();
    expect(next.body).toEqual(JSON.parse(text));
  });

  it.each([
    ['twice', `{"messages":${JSON.stringify(FIRST)},"messages":${JSON.stringify([user('x')])}}`],
    ['by an escaped name too', `{"messages":${JSON.stringify(FIRST)},"messag\\u0065s":${JSON.stringify(FIRST)}}`],
    ['behind a member that is there twice', `{"a":1,"a":2,"messages":${JSON.stringify(FIRST)}}`],
  ])('a list that is there %s - is not remembered', async (_, text) => {
    const bodies = new KnownBodies();
    expect((await read(bodies, text)).mark([2])).toBeUndefined();
  });

  it('what is no JSON behind what is known - is told as of any body', async () => {
    const bodies = new KnownBodies();
    await remember(bodies, bodyOf(FIRST), [2]);
    const text = bodyOf(NEXT);
    await expect(read(bodies, text.slice(0, -2))).rejects.toMatchObject({ code: 'invalid_request' });
    const broken = Buffer.concat([Buffer.from(text.slice(0, -5)), Buffer.from([0xff]), Buffer.from(text.slice(-5))]);
    await expect(read(bodies, broken)).rejects.toThrow('not valid UTF-8');
    const deep = bodyOf([
      ...FIRST,
      said('c'),
      { role: 'user', content: [JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`)] },
    ]);
    await expect(read(bodies, deep)).rejects.toThrow('nested deeper than 16 levels');
  });

  it('the bytes of somebody else - are not known', async () => {
    const bodies = new KnownBodies();
    await remember(bodies, bodyOf(FIRST), [2]);
    expect((await read(bodies, bodyOf(NEXT), 'you')).found).toBeUndefined();
  });

  it('pretty-printed bodies - are known by their own layout', async () => {
    const bodies = new KnownBodies();
    await remember(bodies, JSON.stringify({ messages: FIRST }, null, 2), [2]);
    const next = await read(bodies, JSON.stringify({ messages: NEXT }, null, 2));
    expect(listOf(next)).toEqual(NEXT.slice(3));
  });
});

describe('KnownBodies', () => {
  it('a conversation that went on - takes the place of itself', async () => {
    const bodies = new KnownBodies();
    await remember(bodies, bodyOf(FIRST), [2]);
    await remember(bodies, bodyOf(NEXT), [1]);
    expect(bodies.size).toBe(1);
    const third = [...NEXT, said('e'), user('f')];
    expect(listOf(await read(bodies, bodyOf(third)))).toEqual(third.slice(5));
  });

  it('more than the bound - the least recently used goes', async () => {
    const bodies = new KnownBodies({ maxEntries: 2 });
    for (const name of ['a', 'b', 'c']) await remember(bodies, bodyOf([user(name + LONG)]), [0]);
    expect(bodies.size).toBe(2);
    const found = await Promise.all(
      ['a', 'b', 'c'].map(
        async (name) => (await read(bodies, bodyOf([user(name + LONG), said('x'), user('y')]))).found,
      ),
    );
    expect(found.map((one) => one !== undefined)).toEqual([false, true, true]);
  });

  it('conversations of one size whose ends are the same - are told apart', async () => {
    const bodies = new KnownBodies();
    const names = Array.from({ length: 40 }, (_, index) => String(100 + index));
    for (const name of names) await remember(bodies, bodyOf([user(name + LONG)]), [0]);
    for (const name of names) {
      const next = await read(bodies, bodyOf([user(name + LONG), said('x'), user('y')]));
      expect(next.found?.place.elements).toBe(1);
    }
  });

  it('nobody goes on - all of it is forgotten in time, and no timer is left', async () => {
    const clock = new ManualClock();
    const bodies = new KnownBodies({ clock, ttlMs: 1000 });
    await remember(bodies, bodyOf([user(`a${LONG}`)]), [0]);
    clock.pass(600);
    await remember(bodies, bodyOf([user(`b${LONG}`)]), [0]);
    clock.pass(600);
    expect(bodies.size).toBe(1);
    clock.pass(600);
    expect([bodies.size, clock.pending]).toEqual([0, 0]);
    await remember(bodies, bodyOf([user(`c${LONG}`)]), [0]);
    bodies.clear();
    expect([bodies.size, clock.pending]).toEqual([0, 0]);
  });

  it('what is kept - is nothing that was said, and little', async () => {
    const bodies = new KnownBodies();
    const put = vi.spyOn(bodies, 'put');
    const secret = 'c4k9';
    await remember(bodies, bodyOf([user(secret.repeat(MIN_BYTES)), said(secret), user(secret)]), [0, 1, 2]);
    const [body] = put.mock.calls[0] ?? [];
    expect(body?.places).toHaveLength(3);
    const texts = JSON.stringify(body);
    expect(texts).not.toContain(secret.slice(0, 3));
    expect(texts.length).toBeLessThan(1000);
  });
});
