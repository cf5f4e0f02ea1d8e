import { describe, expect, it } from 'vitest';
import { type ChatEvent, type FinishReason, GatewayError } from '../../chat/index.js';
import type { StreamEncoder } from '../protocol.js';
import { createFrameStream } from './stream-encoder.js';

const START: ChatEvent = { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] };
const CALL: readonly ChatEvent[] = [
  { type: 'tool-input-start', id: 'c', toolName: 'ls', kind: 'function', executedBy: 'client' },
  { type: 'tool-input-end', id: 'c' },
];
const end = (finishReason: FinishReason): ChatEvent => ({
  type: 'response-end',
  finishReason,
  usage: { inputTokens: 1, outputTokens: 1, origin: 'reported' },
});
const FAILURE = new GatewayError('upstream_error', 'Lingma failed');

const stream = (): StreamEncoder =>
  createFrameStream({
    keepAlive: ':\n\n',
    trailer: 'trailer\n',
    encode: (event) => `${event.type === 'response-end' ? event.finishReason : event.type}\n`,
    encodeFailure: ({ message }) => `failed: ${message}\n`,
  });

describe('createFrameStream()', () => {
  it.each<[string, (encoder: StreamEncoder) => string, string]>([
    ['whole', (it) => it.push(START) + it.push(end('stop')) + it.end(), 'response-start\nstop\ntrailer\n'],
    [
      'cut before its end',
      (it) => it.push(START) + it.end(),
      'response-start\nfailed: The upstream ended the turn without a proper end\n',
    ],
    ['failed before its first event', (it) => it.fail(FAILURE), 'failed: Lingma failed\n'],
    [
      'failed - nothing follows',
      (it) => it.fail(FAILURE) + it.push(START) + it.fail(FAILURE) + it.end(),
      'failed: Lingma failed\n',
    ],
    [
      'ended - nothing follows',
      (it) => it.push(end('stop')) + it.end() + it.push(START) + it.fail(FAILURE) + it.end(),
      'stop\ntrailer\n',
    ],
  ])('%s', (_name, run, sent) => {
    expect(run(stream())).toBe(sent);
  });

  it('the finish reason - goes by the calls that were sent', () => {
    const encoder = stream();
    const sent = [START, ...CALL, end('stop')].map((event) => encoder.push(event));
    expect(sent.at(-1)).toBe('tool-calls\n');
  });
});
