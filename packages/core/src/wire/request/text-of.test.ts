import { describe, expect, it } from 'vitest';
import { textOf } from './text-of.js';

describe('textOf()', () => {
  it.each([
    [
      'members in their order',
      { type: 'x', id: 'x_1', a: 'one', b: { c: ['two', { d: 'three' }] } },
      'one\ntwo\nthree',
    ],
    ['no ids, types and bytes', { call_id: 'c', tool_use_id: 't', data: 'AAAA', mime_type: 'image/png' }, ''],
    ['no bytes under another name', { blob: 'A'.repeat(200), picture: 'data:image/png;base64,AAAA' }, ''],
    ['no addresses of media', { video_url: { url: 'https://example.com/v' } }, ''],
    ['neither numbers nor empty texts', { n: 5, flag: true, empty: ' ' }, ''],
    ['what is no object', null, ''],
  ])('%s', (_title, value, text) => {
    expect(textOf(value)).toBe(text);
  });

  it('is bounded - in depth, number and length', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 20; level++) deep = { deep };
    expect(textOf(deep)).toBe('');
    expect(textOf(Array.from({ length: 20_000 }, () => 'a')).length).toBeLessThan(20_001);
    expect(textOf(['a '.repeat(150_000), 'b '.repeat(150_000)])).toHaveLength(200_000);
  });
});
