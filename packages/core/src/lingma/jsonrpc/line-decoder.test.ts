import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineDecoder } from './line-decoder.js';

function decode(pieces: readonly Uint8Array[], limit = 1e6): string[] {
  const decoder = new LineDecoder(limit);
  const lines: string[] = [];
  for (const piece of pieces) decoder.push(piece, (line) => lines.push(line));
  return lines;
}

const LINES = ['{"text":"通义灵码 🙂"}', '{}', 'a plain remark', '{"n":1}'];

describe('LineDecoder', () => {
  it.each([
    ['\\n', '\n'],
    ['\\r\\n', '\r\n'],
    ['blank lines between', '\n\r\n  \n'],
  ])('gives every line once - ends are %s', (_, end) => {
    expect(decode([Buffer.from(LINES.map((line) => line + end).join(''))])).toEqual(LINES);
  });

  it('gives the same lines - cut at any bytes', () => {
    const stream = Buffer.from(`${LINES.join('\n')}\n`);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 40 }), (offsets) => {
        const cuts = [0, ...offsets.sort((a, b) => a - b)];
        expect(decode(cuts.map((start, index) => stream.subarray(start, cuts[index + 1])))).toEqual(LINES);
      }),
    );
    expect(decode([...stream].map((byte) => Buffer.from([byte])))).toEqual(LINES);
  });

  it('a line that has no end yet is not given', () => {
    expect(decode([Buffer.from('{"a":1}\n{"b"')])).toEqual(['{"a":1}']);
  });

  it('a line longer than the first buffer - gathered whole', () => {
    const line = JSON.stringify({ text: 'x'.repeat(560_000) });
    const bytes = Buffer.from(`${line}\n`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, n) =>
      bytes.subarray(n * 4096, (n + 1) * 4096),
    );
    expect(decode(pieces)).toEqual([line]);
  });

  it.each([
    ['in one piece', [Buffer.from(`${'x'.repeat(101)}\n`)]],
    ['in pieces', [Buffer.from('x'.repeat(60)), Buffer.from('x'.repeat(60))]],
    ['without an end', [Buffer.from('é'.repeat(51))]],
  ])('a line over the limit ends the stream - %s', (_, pieces) => {
    const decoder = new LineDecoder(100);
    const feed = (): void => {
      for (const piece of pieces) decoder.push(piece, () => undefined);
    };
    const error = expect.objectContaining({ code: 'upstream_protocol' });
    expect(feed).toThrow(error);
    expect(() => decoder.push(Buffer.from('{}\n'), () => undefined)).toThrow(error);
  });

  it('a line of just the limit passes', () => {
    expect(decode([Buffer.from(`${'x'.repeat(100)}\n`)], 100)).toEqual(['x'.repeat(100)]);
  });
});
