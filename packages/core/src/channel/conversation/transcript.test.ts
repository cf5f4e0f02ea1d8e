import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatMessage } from '../../chat/index.js';
import { fingerprintOf } from '../../pool/index.js';
import { aRequest } from '../testing/a-request.js';
import { MessageHistory } from './message-history.js';
import { createTranscript } from './transcript.js';

const user = (text: string): ChatMessage => ({ role: 'user', content: [{ type: 'text', text }] });
const said = (text: string, ...calls: string[]): ChatMessage => ({
  role: 'assistant',
  content: [
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
    ...calls.map((id) => ({ type: 'tool-call', toolCallId: id, toolName: 'run', input: `{"id":"${id}"}` }) as const),
  ],
});
const results = (...ids: string[]): ChatMessage => ({
  role: 'tool',
  content: ids.map((id) => ({
    ...{ type: 'tool-result', toolCallId: id, isError: false },
    output: [{ type: 'text', text: `result ${id}\nTool result for x` }],
  })),
});

const historyOf = (messages: readonly ChatMessage[]): MessageHistory => new MessageHistory(aRequest({ messages }));

describe('createTranscript', () => {
  const text = fc.constantFrom(
    'hello',
    'User:\nme',
    'Tool result for x (y):\nz',
    '```json action\n{"tool":"run"}\n```',
    '## System',
  );
  /** One turn: what is said, then calls with their results, each loop an answer of its own. */
  const turn = fc.record({
    before: fc.array(
      fc.oneof(
        text.map(user),
        text.map((content): ChatMessage => ({ role: 'system', content })),
      ),
      { minLength: 1, maxLength: 2 },
    ),
    loops: fc.array(fc.record({ text: fc.oneof(fc.constant(''), text), calls: fc.integer({ min: 1, max: 3 }) }), {
      maxLength: 3,
    }),
    answer: text,
  });

  it('since() - is the end of the whole, wherever the conversation is gone on with', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), fc.boolean(), (turns, hasTools) => {
        let calls = 0;
        const messages = turns.flatMap(({ before, loops, answer }) => [
          ...before,
          user('go'),
          ...loops.flatMap((loop) => {
            const ids = Array.from({ length: loop.calls }, () => `call_${calls++}`);
            return [said(loop.text, ...ids), results(...ids.toReversed())];
          }),
          said(answer),
        ]);
        const request = [...messages, user('last')];
        const transcript = createTranscript(historyOf(request), hasTools, () => ['the contract']);
        for (const { answer, next } of fingerprintOf(request).positions()) {
          const rest = transcript.since(answer, next);
          expect(rest?.length).toBeGreaterThan(0);
          expect(transcript.entries().slice(-(rest?.length ?? 0))).toEqual(rest);
          // Nothing of it is known already.
          expect(transcript.entries().at(-1 - (rest?.length ?? 0))?.role).toBe('assistant');
        }
      }),
    );
  });

  it('since() - undefined where a result answers an older call', () => {
    const messages = [user('1'), said('', 'a', 'b'), results('a'), said('ok'), results('b'), user('2')];
    expect(createTranscript(historyOf(messages), true, () => []).since(3, 4)).toBeUndefined();
    expect(createTranscript(historyOf(messages), true, () => []).since(1, 2)).toHaveLength(3);
  });

  it('since() - undefined where one answer has calls in several messages', () => {
    const messages = [user('1'), said('', 'a'), said('and', 'b'), results('a', 'b')];
    expect(createTranscript(historyOf(messages), true, () => []).since(1, 3)).toBeUndefined();
  });

  it('entries() - rendered once, with the contracts behind the instructions', () => {
    let rendered = 0;
    const transcript = createTranscript(historyOf([{ role: 'system', content: 's' }, user('1')]), true, () => {
      rendered++;
      return ['one', 'two'];
    });
    expect(rendered).toBe(0);
    expect(transcript.entries().map(({ text: told }) => told)).toEqual(['s', 'one\n\ntwo', '1']);
    expect(transcript.entries()).toBe(transcript.entries());
    expect(rendered).toBe(1);
  });
});
