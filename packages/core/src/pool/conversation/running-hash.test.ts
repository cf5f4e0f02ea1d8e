import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunningHash } from './running-hash.js';

describe('RunningHash', () => {
  it('digest() - that of all texts as one, in between and at the end', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 50 }),
      fc.constantFrom('x'.repeat(21_845), '好'.repeat(21_845), 'é'.repeat(21_846), 'y'.repeat(200_000)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { maxLength: 8 }), text, (texts, more) => {
        const running = new RunningHash();
        let all = '';
        const expected = (said: string): string => createHash('sha256').update(said, 'utf8').digest('base64url');
        for (const [part, isAsked] of texts) {
          running.add(part);
          all += part;
          if (isAsked) expect(running.digest()).toBe(expected(all));
        }
        expect(running.digest(more)).toBe(expected(all + more));
        expect(running.digest()).toBe(expected(all));
      }),
      { numRuns: 60 },
    );
  });

  it('several at a time - know nothing of one another', () => {
    const [one, other] = [new RunningHash(), new RunningHash()];
    one.add('a');
    other.add('b');
    one.add('c');
    expect(one.digest()).toBe(createHash('sha256').update('ac').digest('base64url'));
    expect(other.digest()).toBe(createHash('sha256').update('b').digest('base64url'));
  });
});
