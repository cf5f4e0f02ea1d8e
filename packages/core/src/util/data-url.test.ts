import { describe, expect, it } from 'vitest';
import { parseDataUrl } from './data-url.js';

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

describe('parseDataUrl()', () => {
  it('encodes what was percent-encoded', () => {
    expect(parseDataUrl('data:image/svg+xml,%3Csvg%2F%3E%E4%B8%96')).toEqual({
      mediaType: 'image/svg+xml',
      data: base64('<svg/>世'),
    });
    expect(parseDataUrl('data:text/plain,100%')?.data).toBe(base64('100%'));
  });

  it.each([
    ['data:image/png;base64,iVBORw0K', 'image/png', 'iVBORw0K'],
    ['DATA:Image/JPEG; charset=x ; base64 ,/9j/', 'image/jpeg', '/9j/'],
    ['data:;base64,AAAA', '', 'AAAA'],
    ['data:,hi', '', base64('hi')],
  ])('%s', (url, mediaType, data) => {
    expect(parseDataUrl(url)).toEqual({ mediaType, data });
  });

  it('knows what is none', () => {
    expect(parseDataUrl('https://example.com')).toBeUndefined();
    expect(parseDataUrl('data:image/png')).toBeUndefined();
  });
});
