import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../chat/index.js';
import { affinityOf } from './affinity-key.js';

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const system = (content: string): ChatMessage => ({ role: 'system', content });
const of = (messages: readonly ChatMessage[], context: Parameters<typeof affinityOf>[1] = {}, affinityKey?: string) =>
  affinityOf({ messages, conversation: affinityKey === undefined ? {} : { affinityKey } }, context);
const keyOf = (...messages: ChatMessage[]): string | undefined => of(messages)?.key;

describe('affinityOf', () => {
  it('explicit keys - the context’s first, then the body’s, scoped by who asks; they bind', () => {
    const principal = { id: 'team-a' };
    const messages = [system('You are an agent.'), user('hi')];
    expect(of(messages, { affinityKey: 'team-a session-1', principal }, 'cache-1')).toEqual({
      key: 'team-a session-1',
      soft: false,
    });
    expect(of(messages, { principal }, 'cache-1')).toEqual({ key: 'team-a\ncache-1', soft: false });
    expect(of(messages, {}, 'cache-1')).toEqual({ key: 'cache-1', soft: false });
    expect(of(messages, { principal }, '')?.soft).toBe(true);
  });

  it('without one - the system prompt, else the user’s first words, is a wish', () => {
    expect(of([system('You are an agent.'), user('hi')])).toEqual({
      key: expect.stringMatching(/^sys:\w+$/),
      soft: true,
    });
    expect(of([system(' \n'), user('hi'), user('there')])).toEqual({
      key: expect.stringMatching(/^first:\w+$/),
      soft: true,
    });
    expect(of([{ role: 'assistant', content: [{ type: 'text', text: 'hi' }] }])).toBeUndefined();
    expect(of([])).toBeUndefined();
  });

  it('the wish - is the same all through a conversation, and another for another agent or another who asks', () => {
    const opening = [system('You are an agent.'), user('hi')];
    expect(keyOf(...opening, user('more'), system('Reminder: be brief'))).toBe(keyOf(...opening));
    expect(keyOf(user('hi'), user('more'))).toBe(keyOf(user('hi')));
    expect(keyOf(system('You are another agent.'), user('hi'))).not.toBe(keyOf(...opening));
    expect(keyOf(user('ho'))).not.toBe(keyOf(user('hi')));
    expect(of(opening, { principal: { id: 'a' } })?.key).not.toBe(of(opening, { principal: { id: 'b' } })?.key);
  });

  const changing: readonly (readonly [string, string, string])[] = [
    ['ISO date', 'Today is 2026-11-27.', 'Today is 2025-01-02.'],
    ['ISO time', 'Now: 2026-11-27T19:44:01.123Z', 'Now: 2026-11-28T01:02:03Z'],
    ['with an offset', 'Now: 2026-11-27 19:44:01+08:00', 'Now: 2026-11-28 01:02:03+01:00'],
    ['slashes', 'Date: 11/27/2026', 'Date: 1/2/2027'],
    ['dots', 'Datum: 27.11.2026', 'Datum: 1.12.2026'],
    ['month in words', 'Today is November 27, 2026.', 'Today is December 3rd, 2026.'],
    ['day first', 'It is 27 Nov 2026 now', 'It is 1st May 2027 now'],
    ['weekday', 'Today is Friday, November 27, 2026', 'Today is Monday, March 2, 2026'],
    ['Date.toString()', 'Fri Nov 27 2026 19:44:00', 'Sat Nov 28 2026 08:01:59'],
    ['hours', 'The time is 7:44 PM', 'The time is 11:05 am'],
    ['Chinese', '今天是2026年11月27日，星期五', '今天是2027年1月2日，星期六'],
    ['attribution', 'x-anthropic-billing-header: cc_version=1; cch=aa;', 'x-anthropic-billing-header: cch=b2;'],
  ];
  it.each(changing)('what changes from day to day - is left out: %s', (_name, one, other) => {
    const prompt = (line: string): ChatMessage => system(`You are an agent of version 2.\n${line}\nBe kind.`);
    expect(keyOf(prompt(one))).toBe(keyOf(prompt(other)));
    expect(keyOf(prompt(one))).not.toBe(keyOf(prompt('Something else')));
  });

  it.each([
    ['You may marry', 'You decide'],
    ['version 2.1', 'version 2.2'],
    ['Sunny mood', 'Fried mood'],
  ])('other words and numbers - count: %s, %s', (one, other) => {
    expect(keyOf(system(one))).not.toBe(keyOf(system(other)));
  });
});
