import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatMessage, MediaSource, ResultBlock } from '../../chat/index.js';
import { fingerprintOf } from './fingerprint.js';

const system = (content: string): ChatMessage => ({ role: 'system', content });
const user = (...texts: string[]): ChatMessage => ({
  role: 'user',
  content: texts.map((text) => ({ type: 'text', text })),
});
const said = (text: string): ChatMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });
const call = (toolCallId: string, input: string, toolName = 'run') =>
  ({ type: 'tool-call', toolCallId, toolName, input }) as const;
const result = (toolCallId: string, text: string) =>
  ({ type: 'tool-result', toolCallId, output: [{ type: 'text', text }], isError: false }) as const;
const picture = (source: MediaSource): ChatMessage => ({
  role: 'user',
  content: [{ type: 'image', source }],
});
const block = (text: string): ResultBlock => ({ type: 'text', text });
const toolBlock = (input: string, more: object = {}): ResultBlock => ({
  ...{ type: 'tool-call', toolCallId: 'x', toolName: 'run', kind: 'function', input, executedBy: 'client' },
  ...more,
});

const hashes = (messages: readonly ChatMessage[]): readonly string[] =>
  [...fingerprintOf(messages).positions()].map(({ hash }) => hash);
/** Whether both stand at the same place before their last message. */
const isSame = (one: readonly ChatMessage[], other: readonly ChatMessage[]): boolean => {
  const next = user('next');
  const [first] = hashes([...one, next]);
  const [second] = hashes([...other, next]);
  expect(first).toBeDefined();
  return first === second;
};

describe('fingerprintOf', () => {
  it('positions - behind each answer that something was said to, longest first', () => {
    const messages = [system('s'), user('1'), said('a'), user('2'), said('b'), system('more'), user('3')];
    expect([...fingerprintOf(messages).positions()]).toEqual([
      { hash: expect.any(String), answer: 4, next: 5 },
      { hash: expect.any(String), answer: 2, next: 3 },
    ]);
    expect(hashes([user('1')])).toEqual([]);
    expect(hashes([user('1'), said('a')])).toEqual([]);
    // Instructions alone are nothing to answer.
    expect(hashes([user('1'), said('a'), system('s')])).toEqual([]);
    expect(hashes([user('1'), said('a'), system('s'), user('2')])).toHaveLength(1);
    expect(hashes([user('1'), said('a'), user('  '), said('b'), user('2')])).toHaveLength(1);
  });

  it('positions - the first, and of the others those whose beginning may be known', () => {
    const question = (index: number): ChatMessage[] => [user(`${index}`), said(`a${index}`)];
    const messages = [...[0, 1, 2, 3].flatMap(question), user('next')];
    const all = hashes(messages);
    const beginnings = all.map((hash) => hash.split('/')[0]);
    expect(new Set(beginnings).size).toBe(4);
    for (const [index, beginning] of beginnings.entries()) {
      const asked: string[] = [];
      const some = [...fingerprintOf(messages).positions((one) => asked.push(one) > 0 && one === beginning)];
      expect(some.map(({ hash }) => hash)).toEqual(index === 0 ? [all[0]] : [all[0], all[index]]);
      expect(asked.toReversed()).toEqual(beginnings.slice(1));
    }
    // What follows does not change how a conversation begins; what was answered first does.
    const other = hashes([...[0, 1, 5, 6].flatMap(question), user('next')]);
    expect(other.map((hash) => hash.split('/')[0])).toEqual(beginnings);
    expect(hashes([...[9, 1, 2, 3].flatMap(question), user('next')])[0]?.split('/')[0]).not.toBe(beginnings[0]);
  });

  it('withAnswer() - is where the next request finds itself', () => {
    const request = [system('s'), user('1')];
    const after = fingerprintOf(request).withAnswer([
      { type: 'reasoning', text: 'hm' },
      block('Let me\r\nlook. '),
      toolBlock('{"b":1,"a":[]}'),
    ]);
    const answer: ChatMessage = {
      role: 'assistant',
      content: [{ type: 'text', text: 'Let me\nlook.' }, call('c', '{ "a": [], "b": 1 }')],
    };
    expect(hashes([...request, answer, { role: 'tool', content: [result('c', 'ok')] }])).toEqual([after]);
  });

  it.each([
    ['nothing', []],
    ['blank text', [block(' \n')]],
    ['a thought alone', [{ type: 'reasoning', text: 'hm' }]],
    ['a call that was cut', [toolBlock('{"a"', { incomplete: true })]],
    ['a call that ran upstream', [block('x'), toolBlock('{}', { executedBy: 'upstream' })]],
  ] as [string, ResultBlock[]][])('withAnswer() - undefined for %s', (_, answer) => {
    expect(fingerprintOf([user('1')]).withAnswer(answer)).toBeUndefined();
  });

  it('withAnswer() - undefined behind words that were put into its mouth', () => {
    expect(fingerprintOf([user('1'), said('Once')]).withAnswer([block('upon a time')])).toBeUndefined();
  });

  const turn = [user('1'), said('a')];
  const calls = (first: string, second: string): ChatMessage => ({
    role: 'assistant',
    content: [call(first, '{"n":1}'), call(second, '{"n":2}')],
  });
  const results = (...list: [string, string][]): ChatMessage => ({
    role: 'tool',
    content: list.map(([id, text]) => result(id, text)),
  });
  const pixels = 'iVBORw0KGgoAAAA';

  it.each<[string, readonly ChatMessage[], readonly ChatMessage[]]>([
    ['white space at the ends', turn, [user(' 1\n'), said('\na ')]],
    ['kinds of line ends', [user('1\n2'), said('a\nb')], [user('1\r\n2'), said('a\r\nb')]],
    ['one message or several', [user('1', '2'), said('a')], [user('1'), user('2'), said('a')]],
    ['an answer in several messages', [user('1'), said('a'), said('b')], [user('1'), said('ab')]],
    ['blank messages', turn, [system(' '), user('1'), user(''), said('a')]],
    [
      'thoughts',
      turn,
      [
        user('1'),
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'x' },
            { type: 'text', text: 'a' },
          ],
        },
      ],
    ],
    [
      'ids of calls, and the order in which results come',
      [user('1'), calls('a', 'b'), results(['a', 'one'], ['b', 'two']), said('c')],
      [user('1'), calls('x', 'y'), results(['y', 'two']), results(['x', 'one']), said('c')],
    ],
    [
      'results before or behind words',
      [user('1'), calls('a', 'b'), results(['a', 'one'], ['b', 'two']), user('go'), said('c')],
      [user('1'), calls('a', 'b'), results(['a', 'one']), user('go'), results(['b', 'two']), said('c')],
    ],
    [
      'the order of text and calls',
      [user('1'), { role: 'assistant', content: [{ type: 'text', text: 'x' }, call('a', '{}')] }],
      [user('1'), { role: 'assistant', content: [call('b', ''), { type: 'text', text: 'x' }] }],
    ],
    [
      'a picture inline or as a data: URL',
      [picture({ kind: 'base64', mediaType: 'image/png', data: pixels }), said('a')],
      [picture({ kind: 'url', url: `data:image/png;base64,${pixels}` }), said('a')],
    ],
    [
      "a client's line of attribution",
      [system('Be brief.'), ...turn],
      [system('x-anthropic-billing-header: cc_version=1; cch=2;\nBe brief.'), ...turn],
    ],
  ])('%s - count for nothing', (_, one, other) => {
    expect(isSame(one, other)).toBe(true);
  });

  it.each<[string, readonly ChatMessage[], readonly ChatMessage[]]>([
    ['a word', turn, [user('2'), said('a')]],
    ['an answer', turn, [user('1'), said('b')]],
    ['who said it', turn, [system('1'), said('a')]],
    ['a system message', turn, [system('s'), ...turn]],
    ['white space inside', [user('a b'), said('c')], [user('a  b'), said('c')]],
    ['where a text ends', [user('ab', 'c'), said('x')], [user('a', 'bc'), said('x')]],
    ['text that reads like an atom', [user('1u1:2'), said('x')], [user('1', '2'), said('x')]],
    [
      'the input of a call',
      [user('1'), calls('a', 'b')],
      [user('1'), { role: 'assistant', content: [call('a', '{"n":1}'), call('b', '{"n":3}')] }],
    ],
    [
      'the digits of a large number',
      [user('1'), { role: 'assistant', content: [call('a', '{"n":12345678901234567890}')] }],
      [user('1'), { role: 'assistant', content: [call('a', '{"n":12345678901234567891}')] }],
    ],
    [
      'the tool',
      [user('1'), { role: 'assistant', content: [call('a', '{}')] }],
      [user('1'), { role: 'assistant', content: [call('a', '{}', 'stop')] }],
    ],
    [
      'which call a result answers',
      [user('1'), calls('a', 'b'), results(['a', 'one'], ['b', 'two']), said('c')],
      [user('1'), calls('a', 'b'), results(['a', 'two'], ['b', 'one']), said('c')],
    ],
    [
      'a picture',
      [picture({ kind: 'base64', mediaType: 'image/png', data: pixels }), said('a')],
      [picture({ kind: 'base64', mediaType: 'image/png', data: `${pixels}B` }), said('a')],
    ],
    [
      'the address of a picture',
      [picture({ kind: 'url', url: 'https://example.com/1.png' }), said('a')],
      [picture({ kind: 'url', url: 'https://example.com/2.png' }), said('a')],
    ],
  ])('%s - makes another conversation', (_, one, other) => {
    expect(isSame(one, other)).toBe(false);
  });

  const text = fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'u1:a', 'a1:b', '\r\n', ' '));
  const message: fc.Arbitrary<ChatMessage> = fc.oneof(
    text.map(system),
    fc.array(text, { minLength: 1, maxLength: 3 }).map((texts) => user(...texts)),
    text.map(said),
    fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map(
      (ids): ChatMessage => ({
        role: 'assistant',
        content: ids.map((id) => call(id, `{"id":"${id}"}`)),
      }),
    ),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b', 'c'), text), { minLength: 1, maxLength: 3 })
      .map((list) => results(...list)),
  );

  it('any conversation - the places of its beginnings are those it had, wherever it goes on', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.array(message, { maxLength: 4 }), (before, after) => {
        const known = [...fingerprintOf([...before, user('x')]).positions()].filter(({ next }) => next < before.length);
        const all = [...fingerprintOf([...before, user('x'), ...after]).positions()];
        for (const position of known) expect(all).toContainEqual(position);
      }),
    );
  });

  it('any conversation and answer - the client that sends both back finds the place', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 10 }), text, (before, answer) => {
        const request = [...before, user('x')];
        const place = fingerprintOf(request).withAnswer([block(answer)]);
        const [found] = hashes([...request, said(answer), user('y')]);
        if (answer.trim() === '') expect(place).toBeUndefined();
        else expect(found).toBe(place);
      }),
    );
  });

  it('any conversation - comes to the same behind a beginning of which the state alone is known', () => {
    let behind = 0;
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), text, (said, answer) => {
        const messages = [...said, user('x')];
        const places = messages.slice(1).map((_, index) => index + 1);
        const whole = fingerprintOf(messages, { places });
        for (const place of places) {
          const state = fingerprintOf(messages.slice(0, place), { places: [place] }).stateAt(place);
          const given = whole.stateAt(place);
          if (given === undefined) continue;
          expect(state?.answers).toBe(given.answers);
          for (const known of [given, state]) {
            if (known === undefined) continue;
            behind++;
            const rest = fingerprintOf(messages.slice(place), {
              known: { count: place, state: known },
              whole: () => messages,
            });
            expect([...rest.positions()]).toEqual([...whole.positions()]);
            expect(rest.withAnswer([block(answer)])).toBe(whole.withAnswer([block(answer)]));
          }
        }
      }),
    );
    expect(behind).toBeGreaterThan(50);
  });
});
