import { describe, expect, it } from 'vitest';
import type { ChatMessage, MediaPart } from '../../chat/index.js';
import { selectImages } from './select-images.js';

const image = (name: string): MediaPart => ({
  type: 'image',
  source: { kind: 'url', url: `https://example.com/${name}` },
});
const user = (text: string, ...images: MediaPart[]): ChatMessage => ({
  role: 'user',
  content: [{ type: 'text', text }, ...images],
});
const assistant = (text: string): ChatMessage => ({ role: 'assistant', content: [{ type: 'text', text }] });
const call: ChatMessage = {
  role: 'assistant',
  content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'screenshot', input: '{}' }],
};
const result = (...output: MediaPart[]): ChatMessage => ({
  role: 'tool',
  content: [{ type: 'tool-result', toolCallId: 'call_1', output, isError: false }],
});

describe('selectImages', () => {
  it('newest turn - its own pictures only', () => {
    expect(selectImages([user('a', image('1')), assistant('ok'), user('b', image('2'), image('3'))])).toEqual([
      image('2'),
      image('3'),
    ]);
  });

  it('tool loop - keeps the pictures of the question and adds those of the results', () => {
    expect(selectImages([user('what is this', image('1')), call, result(image('2'))])).toEqual([
      image('1'),
      image('2'),
    ]);
  });

  it.each(['What colour was the picture?', '这张图是什么颜色？', 'zoom into it'])(
    'reference to an earlier one - %s',
    (text) => {
      expect(selectImages([user('a', image('1')), assistant('red'), user(text)])).toEqual([image('1')]);
    },
  );

  it('another subject - none', () => {
    expect(selectImages([user('a', image('1')), assistant('red'), user('Now write a poem')])).toEqual([]);
  });
});
