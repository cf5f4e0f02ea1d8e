import { describe, expect, it } from 'vitest';
import { type ChatEvent, GatewayError, pullStream } from '../chat/index.js';
import { openaiChat } from './openai-chat/protocol.js';
import { protocols } from './protocols.js';
import { encodeStream } from './translate.js';

const { response } = openaiChat.parseRequest({ model: 'm', messages: [{ role: 'user', content: 'x' }], stream: true });

const start: ChatEvent = { type: 'response-start', responseId: 'r', model: 'q', createdAt: 0, warnings: [] };
const text: ChatEvent[] = [
  { type: 'text-start', id: 't' },
  { type: 'text-delta', id: 't', delta: 'Hi' },
  { type: 'text-end', id: 't' },
];
const end: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1, origin: 'reported' },
};

async function collect(frames: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const frame of frames) all.push(frame);
  return all;
}

describe('encodeStream()', () => {
  it('writes one string a batch', async () => {
    const batches: ChatEvent[][] = [[start, ...text], [end]];
    const frames = await collect(
      encodeStream(
        openaiChat,
        pullStream(
          async () => batches.shift(),
          async () => undefined,
        ),
        response,
      ),
    );
    expect(frames).toHaveLength(3);
    expect(frames[0]?.match(/^data: /gm)).toHaveLength(2);
    expect(frames[2]).toBe('data: [DONE]\n\n');
  });

  it('tells a failure instead of throwing it', async () => {
    async function* broken(): AsyncGenerator<ChatEvent> {
      yield start;
      throw new GatewayError('upstream_error', 'Lingma failed');
    }
    const frames = await collect(encodeStream(openaiChat, broken(), response));
    expect(frames.at(-1)).toContain('"message":"Lingma failed"');
    expect(frames.join('')).not.toContain('[DONE]');
  });

  it('closes the events of a reader that left', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<ChatEvent> {
      try {
        yield start;
        for (;;) yield { type: 'text-delta', id: 't', delta: 'x' };
      } finally {
        closed = true;
      }
    }
    for await (const _ of encodeStream(openaiChat, endless(), response)) break;
    expect(closed).toBe(true);
  });

  it('works for every protocol', async () => {
    for (const protocol of Object.values(protocols)) {
      const frames = await collect(encodeStream(protocol, [start, ...text, end], response));
      expect(frames.join('')).toContain('"Hi"');
    }
  });
});
