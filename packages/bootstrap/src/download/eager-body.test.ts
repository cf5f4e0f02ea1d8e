import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { eagerBody } from './eager-body.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const never = (): Readable => new Readable({ read: () => undefined });

async function read(body: AsyncIterable<Uint8Array>): Promise<{ readonly text: string; readonly error?: string }> {
  let text = '';
  try {
    for await (const piece of body) text += Buffer.from(piece).toString();
    return { text };
  } catch (error) {
    return { text, error: (error as Error).message };
  }
}

describe('eagerBody()', () => {
  it('cut before anybody reads - everything that came, then the error', async () => {
    const source = never();
    const body = eagerBody(source);
    source.push(bytes('one '));
    source.push(bytes('two'));
    await new Promise((resolve) => setImmediate(resolve));
    source.destroy(new Error('cut'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await read(body)).toEqual({ text: 'one two', error: 'cut' });
  });

  it('closed without an end - is none', async () => {
    const source = never();
    const body = eagerBody(source);
    source.destroy();
    expect(await read(body)).toMatchObject({ error: 'the connection was closed' });
  });

  it('whole - ends', async () => {
    expect(await read(eagerBody(Readable.from([bytes('one '), bytes('two')])))).toEqual({ text: 'one two' });
  });

  it('a slow reader - the source is held up at the limit, and goes on after it', async () => {
    let given = 0;
    const source = new Readable({
      highWaterMark: 1,
      read() {
        given++;
        this.push(given > 100 ? null : Buffer.alloc(10));
      },
    });
    const body = eagerBody(source, 50);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(given).toBeLessThan(10);
    let size = 0;
    for await (const piece of body) size += piece.length;
    expect(size).toBe(1000);
  });
});
