import { describe, expect, it } from 'vitest';
import { fileFromBase64, fileFromText, mediaFromUrl } from './media-part.js';

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

describe('mediaFromUrl()', () => {
  it('keeps addresses, also those that are none of our business yet', () => {
    expect(mediaFromUrl('image', 'https://example.com/a.png')).toEqual({
      type: 'image',
      source: { kind: 'url', url: 'https://example.com/a.png' },
    });
    expect(mediaFromUrl('image', 'file:///etc/passwd').source).toEqual({ kind: 'url', url: 'file:///etc/passwd' });
  });

  it('takes the bytes out of data URLs', () => {
    expect(mediaFromUrl('image', 'data:image/png;base64,iVBORw0K').source).toEqual({
      kind: 'base64',
      mediaType: 'image/png',
      data: 'iVBORw0K',
    });
    expect(mediaFromUrl('image', 'DATA:image/JPEG;charset=x;base64,/9j/').source).toMatchObject({
      mediaType: 'image/jpeg',
    });
    expect(mediaFromUrl('file', 'data:,hi', 'a.txt')).toEqual({
      type: 'file',
      source: { kind: 'base64', mediaType: 'application/octet-stream', data: base64('hi') },
      filename: 'a.txt',
    });
  });
});

describe('fileFromBase64()', () => {
  it('puts text into the prompt, under its name', () => {
    expect(fileFromBase64('text/markdown', base64('# 世界'), 'a.md')).toEqual([
      { type: 'text', text: '[file: a.md]\n# 世界', isDocument: true },
    ]);
    expect(fileFromBase64('application/ld+json', base64('{}'))).toEqual([
      { type: 'text', text: '{}', isDocument: true },
    ]);
    expect(fileFromBase64('', base64('plain'))).toEqual([{ type: 'text', text: 'plain', isDocument: true }]);
  });

  it.each([
    ['GBK', '\xc4\xe3\xba\xc3, world', '你好, world'],
    ['Latin-1', 'Gr\xfc\xdfe, caf\xe9', 'Grüße, café'],
    ['UTF-16', '\xff\xfeh\0i\0', 'hi'],
    ['UTF-8 with a mark', '\xef\xbb\xbfhi', 'hi'],
  ])('reads %s where the type says that it is text', (_name, binary, text) => {
    expect(fileFromBase64('text/plain', btoa(binary))).toEqual([{ type: 'text', text, isDocument: true }]);
  });

  it('leaves bytes as they are', () => {
    const pdf = base64('%PDF-1.7');
    expect(fileFromBase64('application/pdf', pdf, 'a.pdf')).toEqual([
      { type: 'file', source: { kind: 'base64', mediaType: 'application/pdf', data: pdf }, filename: 'a.pdf' },
    ]);
    expect(fileFromBase64('text/plain', btoa('\xff\x01'))).toMatchObject([{ type: 'file' }]);
    expect(fileFromBase64('', btoa('a\0b'))).toMatchObject([{ source: { mediaType: 'application/octet-stream' } }]);
    expect(fileFromBase64('image/png', 'iVBORw0K')).toMatchObject([{ type: 'image' }]);
  });
});

describe('fileFromText()', () => {
  it('is nothing for an empty file', () => {
    expect(fileFromText('', 'a.txt')).toEqual([]);
  });
});
