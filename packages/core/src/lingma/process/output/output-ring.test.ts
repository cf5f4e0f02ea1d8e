import { describe, expect, it } from 'vitest';
import { createLineReader, OutputRing, PARTIAL_CHARS, RING_BYTES, RING_LINES } from './output-ring.js';

describe('OutputRing', () => {
  it('lines - the newest 200', () => {
    const ring = new OutputRing();
    for (let line = 1; line <= 1000; line++) ring.push(`line ${line}`);
    expect(ring.last()).toHaveLength(200);
    expect(ring.last(2)).toEqual(['line 999', 'line 1000']);
    expect(RING_LINES).toBe(200);
  });

  it('bytes - 64 KiB of UTF-8, however long the lines are', () => {
    const ring = new OutputRing();
    for (let line = 0; line < 300; line++) ring.push('中'.repeat(500));
    expect(ring.bytes).toBeLessThanOrEqual(RING_BYTES);
    expect(ring.last()).toHaveLength(Math.floor((64 * 1024) / 1500));
    ring.push('x'.repeat(RING_BYTES + 1));
    expect([ring.bytes, ring.last()]).toEqual([0, []]);
  });
});

describe('createLineReader', () => {
  const reader = (markers: readonly string[] = []) => {
    const marked: string[] = [];
    return { reader: createLineReader(markers, (marker) => marked.push(marker)), marked };
  };

  it.each([1, 2, 3, 5, 100])('text in pieces of %i - the same lines', (size) => {
    const text = 'one\r\ntwo\n\n  \nthree 中文\nfour';
    const { reader: lines } = reader();
    const read: string[] = [];
    for (let at = 0; at < text.length; at += size) read.push(...lines.read(text.slice(at, at + size)));
    expect([...read, ...lines.end()]).toEqual(['one', 'two', 'three 中文', 'four']);
  });

  it('a line without end - kept to its bound, cut for the log', () => {
    const { reader: lines } = reader();
    for (let piece = 0; piece < 100; piece++) expect(lines.read('x'.repeat(PARTIAL_CHARS))).toEqual([]);
    expect(lines.read('\nnext\n')).toEqual([`${'x'.repeat(500)}…`, 'next']);
    expect(lines.end()).toEqual([]);
  });

  it('a flood - the newest lines of each read', () => {
    const { reader: lines } = reader();
    const read = lines.read(Array.from({ length: 10_000 }, (_, line) => `${line}\n`).join(''));
    expect([read.length, read[0], read.at(-1)]).toEqual([200, '9800', '9999']);
  });

  it('markers - heard of in lines that are dropped too, and across pieces', () => {
    const { reader: lines, marked } = reader(['path not found']);
    lines.read('extension main js path not found\n'.concat('x\n'.repeat(1000)));
    lines.read('path not');
    expect(marked).toEqual(['path not found']);
    lines.read(' found\n');
    expect(marked).toHaveLength(2);
  });

  it('secrets - neither tokens nor passwords come through', () => {
    const { reader: lines } = reader();
    const text = 'login {"token":"pt-0123456789abcdef","password":"hunter22"} Bearer abcdefghijkl\n';
    const [line] = lines.read(text);
    expect(line).not.toMatch(/0123456789|hunter22|abcdefghijkl/);
    expect(line).toContain('login');
  });
});
