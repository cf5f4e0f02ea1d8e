import { describe, expect, it } from 'vitest';
import { handOverLater, handOverReads } from './read-batching.js';

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

function taking() {
  const taken: string[] = [];
  const reader = (name: string) => {
    const take = (bytes: Uint8Array): void => void taken.push(`${name}:${Buffer.from(bytes)}`);
    return (text: string): void => handOverLater(take, Buffer.from(text));
  };
  return { taken, reader };
}

describe('reads of one turn of the loop', () => {
  it('of several connections - are handed over together, in their order, before the loop turns', async () => {
    const { taken, reader } = taking();
    const [a, b] = [reader('a'), reader('b')];
    a('1');
    b('1');
    a('2');
    await Promise.resolve();
    expect(taken).toEqual([]);
    await turnOfTheLoop();
    expect(taken).toEqual(['a:1', 'b:1', 'a:2']);
    b('2');
    await turnOfTheLoop();
    expect(taken.slice(3)).toEqual(['b:2']);
  });

  it('at the end of a connection - are handed over at once, and once', async () => {
    const { taken, reader } = taking();
    reader('a')('1');
    handOverReads();
    expect(taken).toEqual(['a:1']);
    await turnOfTheLoop();
    expect(taken).toEqual(['a:1']);
  });

  it.each([
    ['many reads', 1, 128],
    ['many bytes', 256 * 1024, 4],
  ])('too large to wait, %s - are handed over at once', (_name, bytes, most) => {
    let taken = 0;
    const take = (): void => void taken++;
    for (let read = 1; read < most; read++) handOverLater(take, Buffer.alloc(bytes));
    expect(taken).toBe(0);
    handOverLater(take, Buffer.alloc(bytes));
    expect(taken).toBe(most);
  });

  it('with one whose reader throws - all the others are handed over', async () => {
    const { taken, reader } = taking();
    reader('a')('1');
    handOverLater(() => {
      throw new Error('broken');
    }, Buffer.from('1'));
    reader('b')('1');
    expect(() => handOverReads()).toThrow('broken');
    await turnOfTheLoop();
    expect(taken).toEqual(['a:1', 'b:1']);
  });

  it('that lead to further ones - keep their order', async () => {
    const { taken, reader } = taking();
    const b = reader('b');
    handOverLater(() => b('later'), Buffer.from('1'));
    b('first');
    handOverReads();
    expect(taken).toEqual(['b:first']);
    await turnOfTheLoop();
    expect(taken).toEqual(['b:first', 'b:later']);
  });
});
