import { describe, expect, it } from 'vitest';
import type { RawRequest } from '../../chat/index.js';
import { rawRequestText } from './raw-request.js';

const raw = (text: string, more: Partial<RawRequest> = {}): RawRequest => ({
  ...{ endpoint: 'chat', path: 'chat/completions', model: 'a', stream: true, includeUsage: false, text },
  ...more,
});

describe('rawRequestText', () => {
  it.each<[string, RawRequest, string]>([
    ['the same name', raw('{"model": "up", "x":1.0}', { stream: false }), '{"model": "up", "x":1.0}'],
    ['another name', raw('{ "x":[1e2],"model":"a" }', { stream: false }), '{ "x":[1e2],"model":"up" }'],
    ['a name twice', raw('{"model":"b","model":"a"}', { stream: false }), '{"model":"up","model":"up"}'],
    ['no name', raw('{"x":1}', { stream: false }), '{"model":"up","x":1}'],
    ['nothing at all', raw('{}', { stream: false }), '{"model":"up"}'],
    ['a stream', raw('{"model":"up"}'), '{"stream_options":{"include_usage":true},"model":"up"}'],
    [
      'options of its own',
      raw('{"model":"up","stream_options":{"x":1,"include_usage":false}}'),
      '{"model":"up","stream_options":{"x":1,"include_usage":true}}',
    ],
    [
      'options null',
      raw('{"model":"up","stream_options":null}'),
      '{"model":"up","stream_options":{"include_usage":true}}',
    ],
    ['a stream of Responses', raw('{"model":"up"}', { endpoint: 'responses' }), '{"model":"up"}'],
  ])('%s', (_, request, expected) => {
    expect(rawRequestText(request, { model: 'up', asksForUsage: true })).toBe(expected);
  });

  it("a channel's own prompt - goes first, in chat alone", () => {
    const options = { model: 'up', asksForUsage: false, systemPrompt: 'Be "brief"' };
    const text = '{"model":"up","messages":[{"role":"user","content":"Hi"}]}';
    expect(JSON.parse(rawRequestText(raw(text), options)).messages).toEqual([
      { role: 'system', content: 'Be "brief"' },
      { role: 'user', content: 'Hi' },
    ]);
    const input = '{"model":"up","messages":[]}';
    expect(rawRequestText(raw(input, { endpoint: 'embeddings' }), options)).toBe(input);
  });
});
