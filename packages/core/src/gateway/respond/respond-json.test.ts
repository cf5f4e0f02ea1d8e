import { describe, expect, it } from 'vitest';
import type { ChatWarning } from '../../chat/index.js';
import { respondJson, warningsHeader } from './respond-json.js';

const warning = (subject: string): ChatWarning => ({ type: 'unknown-field', subject, message: '' });

describe('respondJson', () => {
  it('length - counts bytes, not characters', () => {
    const { headers, body } = respondJson({ text: '灵码' });
    expect(headers['content-length']).toBe(String(new TextEncoder().encode(body as string).byteLength));
  });
});

describe('warningsHeader', () => {
  it('none - no header', () => expect(warningsHeader([])).toBeUndefined());

  it('control characters, separators and other alphabets - cannot break the header', () => {
    const value = warningsHeader([warning('a\r\nset-cookie: x; b'), warning('灵')]) as string;
    expect(value).toBe('unknown-field: a??set-cookie: x? b; unknown-field: ?');
    expect(new Headers({ 'x-lingma-warnings': value }).get('x-lingma-warnings')).toBe(value);
  });

  it('many - are cut at a bound', () => {
    const value = warningsHeader(Array.from({ length: 500 }, (_, index) => warning(`field_${index}`))) as string;
    expect(value.length).toBeLessThan(1_050);
    expect(value.endsWith('; ...')).toBe(true);
  });
});
