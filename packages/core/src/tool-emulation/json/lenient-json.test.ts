import { describe, expect, it, vi } from 'vitest';

const repair = vi.hoisted(() => vi.fn());
vi.mock('jsonrepair', async (original) => {
  const { jsonrepair } = await original<typeof import('jsonrepair')>();
  repair.mockImplementation(jsonrepair);
  return { jsonrepair: repair };
});

const { parseLenient } = await import('./lenient-json.js');

/** Comes to the repair: the string is followed by what belongs nowhere. */
const withQuotes = (count: number, piece: string): string => `{content: 'x' + 'y', more: ${piece.repeat(count)}}`;

describe('parseLenient() - what is repaired', () => {
  it('the usual slips, in a long text with few quotes too', () => {
    expect(parseLenient("{path: 'a.txt', lines: [1, 2,],}")).toEqual({ path: 'a.txt', lines: [1, 2] });
    const words = 'some words '.repeat(5000);
    expect(parseLenient(`{path: 'a.txt', content: '${words}',}`)).toEqual({ path: 'a.txt', content: words });
  });

  it.each(['"', "'a", "'a'b", '`a', '\u201da', '"a\n"b', '  "x', '"a"b'])(
    'thousands of %j - are not handed to the repair, whose time they multiply',
    (piece) => {
      repair.mockClear();
      parseLenient(withQuotes(5000, piece));
      expect(repair).not.toHaveBeenCalled();
      parseLenient(withQuotes(20, piece));
    },
  );
});
