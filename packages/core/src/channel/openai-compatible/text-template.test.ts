import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { AnswerDecoder } from './decode-answer.js';
import type { RawItem } from './raw-frames.js';
import { RawChatFrames } from './raw-frames.js';
import { TextTemplate } from './text-template.js';
import { createToolNames } from './tool-names.js';

const chunk = (delta: object, more: object = {}) => ({
  ...{ id: 'c1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'up' },
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const learned = (value: ReturnType<typeof chunk> | object, data = JSON.stringify(value)) => {
  const template = new TextTemplate();
  return { template, isLearned: template.learn(data, JSON.parse(data)) };
};

describe('TextTemplate', () => {
  it('a chunk like the one before but for its text - the text alone, whatever characters it has', () => {
    const { template, isLearned } = learned(chunk({ content: 'Hello' }));
    expect(isLearned).toBe(true);
    for (const text of ['', ' ', 'x', '好', '🙂', 'Hello', 'a}],"[{', '\u2028', "it's"].filter(
      (one) => !one.includes('"'),
    )) {
      expect(template.textOf(JSON.stringify(chunk({ content: text }))), text).toBe(text);
    }
  });

  it.each([
    ['a quote', { content: 'say "hi"' }, {}],
    ['a backslash', { content: 'a\\b' }, {}],
    ['a line end', { content: 'a\nb' }, {}],
    ['a reason to end', { content: 'x' }, { finish_reason: 'stop' }],
    ['another choice', { content: 'x' }, { index: 1 }],
    ['thoughts', { content: 'x', reasoning_content: 'y' }, {}],
    ['a call', { content: 'x', tool_calls: [{ index: 0 }] }, {}],
    ['another member', { content: 'x' }, { logprobs: { content: [] } }],
  ])('%s - has to be parsed, and is not learned from', (_, delta, more) => {
    const { template } = learned(chunk({ content: 'Hello' }));
    const data = JSON.stringify(chunk(delta, more));
    expect(template.textOf(data)).toBeUndefined();
    if (_ !== 'another member') expect(learned(chunk(delta, more)).isLearned).toBe(false);
  });

  it('raw bytes that no JSON may hold, and a frame cut short - are for the parser', () => {
    const data = JSON.stringify(chunk({ content: 'Hello' }));
    const { template } = learned(chunk({ content: 'Hello' }));
    expect(template.textOf(data.replace('Hello', 'a\tb'))).toBeUndefined();
    for (let end = 0; end < data.length; end++) expect(template.textOf(data.slice(0, end))).toBeUndefined();
    // What stands around it may not be told apart from one another where they overlap.
    expect(
      learned({}, '{"choices":[{"delta":{"content":"a"}}]}').template.textOf('{"choices":[{"delta":{"content":"}}]}'),
    ).toBeUndefined();
  });

  it('two members of that name, a name within a text, an escaped text - not learned', () => {
    for (const data of [
      '{"x":{"content":"a"},"choices":[{"delta":{"content":"a"}}]}',
      '{"choices":[{"delta":{"content" : "a"}}]}',
      '{"choices":[{"delta":{"content":"\\u0061"}}]}',
      '{"usage":{"prompt_tokens":1},"choices":[{"delta":{"content":"a"}}]}',
      '{"error":{"message":"m"},"choices":[{"delta":{"content":"a"}}]}',
    ]) {
      expect(learned({}, data).isLearned, data).toBe(false);
    }
  });

  it('chunks that are never alike - are no longer learned from', () => {
    const template = new TextTemplate();
    const filled = (at: number) => ({ ...chunk({ content: 'x' }), obfuscation: String(at) }) as unknown as JsonObject;
    const tries = Array.from({ length: 20 }, (_, at) => template.learn(JSON.stringify(filled(at)), filled(at)));
    expect(tries.filter(Boolean)).toHaveLength(8);
  });
});

describe('frames handed on', () => {
  const decoderOf = () => new AnswerDecoder({ names: createToolNames([]), model: 'up', secrets: [], now: () => 0 });

  it('learned or parsed - the same text and the same events, for any texts', () => {
    const texts = [
      'He',
      'llo',
      ' "x"',
      '世',
      '界🙂',
      '\\',
      '\n',
      '',
      'up',
      '"model":"up"',
      'a',
      ',"usage":null',
      'b',
      'c',
    ];
    const frames = [
      JSON.stringify(chunk({ role: 'assistant', content: '' })),
      ...texts.map((content, at) =>
        JSON.stringify({ ...chunk({ content }), ...(at < 9 && { usage: null }), ...(at === 5 && { x: 1 }) }),
      ),
      JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }),
      JSON.stringify(chunk({}, { finish_reason: 'stop' })),
      '[DONE]',
    ];
    const items: RawItem[] = [];
    const raw = new RawChatFrames({ decoder: decoderOf(), model: 'asked', includeUsage: false });
    const parsed: ChatEvent[] = [];
    const decoder = decoderOf();
    let told = '';
    for (const data of frames) {
      raw.frame({ data, event: undefined, id: undefined }, (item) => items.push(item));
      raw.flush((item) => items.push(item));
      if (data === '[DONE]') decoder.end((event) => parsed.push(event), true);
      else decoder.push(JSON.parse(data), (event) => parsed.push(event));
      const asked = data.replace('"model":"up"', '"model":"asked"').replace(/,"usage":null(?=[,}])/, '');
      if (!data.includes('prompt_tokens')) told += `data: ${asked}\n\n`;
    }
    expect(items.map(({ text }) => text).join('')).toBe(told);
    const events = items.flatMap((item) => item.events);
    expect(events).toEqual(parsed);
    const said = events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');
    expect(said).toBe(texts.join(''));
  });
});
