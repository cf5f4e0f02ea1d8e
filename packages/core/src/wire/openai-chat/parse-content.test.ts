import { describe, expect, it } from 'vitest';
import { RequestWarnings } from '../request/request-warnings.js';
import type { ContentValue } from './message-schema.js';
import { parseContent, parseText } from './parse-content.js';

function parse(...content: Exclude<ContentValue, string | null | undefined>) {
  const warnings = new RequestWarnings();
  return {
    parts: parseContent(content, 'c', warnings),
    warnings: warnings.list.map(({ type, subject }) => `${type} ${subject}`),
  };
}

describe('parseContent()', () => {
  it.each([
    [{ type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'high' } }],
    [{ type: 'image_url', image_url: 'https://example.com/a.png' }],
    [{ type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' }],
    [{ image_url: { url: 'https://example.com/a.png' } }],
  ])('%j - is a picture', (part) => {
    expect(parse(part)).toEqual({
      parts: [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }],
      warnings: [],
    });
  });

  it('reads bytes out of data URLs', () => {
    expect(parse({ type: 'image_url', image_url: { url: 'data:image/webp;base64,UklGRg==' } }).parts).toEqual([
      { type: 'image', source: { kind: 'base64', mediaType: 'image/webp', data: 'UklGRg==' } },
    ]);
  });

  it('keeps sound for the channel and says that no model hears it', () => {
    expect(parse({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'mp3' } })).toEqual({
      parts: [{ type: 'audio', source: { kind: 'base64', mediaType: 'audio/mp3', data: 'UklGRg==' } }],
      warnings: ['unsupported-content c[0]'],
    });
  });

  it('puts files that are text into the prompt', () => {
    const file_data = `data:text/plain;base64,${btoa('hello')}`;
    expect(parse({ type: 'file', file: { file_data, filename: 'a.txt' } })).toEqual({
      parts: [{ type: 'text', text: '[file: a.txt]\nhello', isDocument: true }],
      warnings: [],
    });
    expect(parse({ type: 'file', file: { file_data: 'just words, no base64' } }).parts).toEqual([
      { type: 'text', text: 'just words, no base64', isDocument: true },
    ]);
    expect(
      parse({ type: 'file', file: { file_data: btoa('%PDF-1.7 and so on, with bytes \xff') } }).parts,
    ).toMatchObject([{ type: 'file', source: { mediaType: 'application/pdf' } }]);
  });

  it('marks the place of files that are elsewhere', () => {
    expect(parse({ type: 'file', file: { file_id: 'file-1', filename: 'a.pdf' } })).toEqual({
      parts: [{ type: 'text', text: '[file: a.pdf]' }],
      warnings: ['unsupported-content c[0]'],
    });
  });

  it('marks the place of what it does not know', () => {
    expect(parse({ type: 'video_url', video_url: { url: 'x' } }, { type: 'note', text: 'read me' })).toEqual({
      parts: [
        { type: 'text', text: '[video_url]' },
        { type: 'text', text: 'read me' },
      ],
      warnings: ['unsupported-content c[0]', 'unsupported-content c[1]'],
    });
  });

  it('takes cache marks without a word', () => {
    expect(parse({ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }).warnings).toEqual([]);
  });
});

describe('parseText()', () => {
  it('leaves a visible word where only text can stand', () => {
    const warnings = new RequestWarnings();
    const content = [
      { type: 'text', text: 'Look:' },
      { type: 'image_url', image_url: 'https://example.com/a.png' },
    ];
    expect(parseText(content, 'c', warnings)).toBe('Look:\n[image]');
    expect(warnings.list).toHaveLength(1);
  });
});
