import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from './error.js';
import type { ChatEvent } from './event.js';
import { pullStream } from './pull-stream.js';
import { collectResult, ResultCollector } from './result.js';
import { end, reasoning, start, text, toolCall, toolStart } from './testing/events.js';

function collect(...events: readonly ChatEvent[]) {
  const collector = new ResultCollector();
  for (const event of events) collector.push(event);
  return collector.finish();
}

describe('ResultCollector', () => {
  it('blocks - are put together in the order in which they began', () => {
    const { content } = collect(
      start(),
      ...reasoning('r', 'th', 'ink'),
      ...text('t', 'Hel', 'lo'),
      ...toolCall('c', '{"a"', ':1}'),
      { type: 'tool-result', toolCallId: 'c', output: 'ok', isError: false },
      ...text('u', '!'),
      end(),
    );
    expect(content).toEqual([
      { type: 'reasoning', text: 'think' },
      { type: 'text', text: 'Hello' },
      { type: 'tool-call', toolCallId: 'c', toolName: 'ls', kind: 'function', input: '{"a":1}', executedBy: 'client' },
      { type: 'tool-result', toolCallId: 'c', output: 'ok', isError: false },
      { type: 'text', text: '!' },
    ]);
  });

  it('marks - of calls, reasoning and the turn come through', () => {
    const result = collect(
      start({
        responseId: 'x',
        model: 'qwen',
        createdAt: 7,
        warnings: [{ type: 'unknown-field', subject: 's', message: '' }],
      }),
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-end', id: 'r' },
      { ...toolStart('c'), namespace: 'git', executedBy: 'upstream' } as ChatEvent,
      { type: 'tool-input-end', id: 'c', incomplete: true },
      end('length', { stopSequence: '###', usage: { inputTokens: 3, outputTokens: 4, origin: 'reported' } }),
    );
    expect(result).toMatchObject({
      responseId: 'x',
      model: 'qwen',
      createdAt: 7,
      finishReason: 'length',
      stopSequence: '###',
      usage: { inputTokens: 3, outputTokens: 4, origin: 'reported' },
      warnings: [{ subject: 's' }],
    });
    expect(result.content).toMatchObject([
      { type: 'reasoning', text: '' },
      { type: 'tool-call', namespace: 'git', executedBy: 'upstream', incomplete: true, input: '' },
    ]);
  });

  it('absent marks - are absent, not undefined', () => {
    const result = collect(start(), ...reasoning('r', 'x'), ...toolCall('c', '{}'), end());
    expect(Object.keys(result)).not.toContain('stopSequence');
    for (const block of result.content) expect(Object.values(block)).not.toContain(undefined);
  });

  it('text that was taken back - is left out, and the next block begins empty', () => {
    const { content } = collect(
      start(),
      { type: 'text-start', id: 'a' },
      { type: 'text-delta', id: 'a', delta: 'wrong' },
      { type: 'text-end', id: 'a', retracted: true },
      ...text('b', 'right'),
      end(),
    );
    expect(content).toEqual([{ type: 'text', text: 'right' }]);
  });

  it.each([
    ['no start', [end()]],
    ['no end', [start(), ...text('a', 'x')]],
    ['nothing', []],
  ])('%s - is a broken turn', (_, events) => {
    expect(() => collect(...events)).toThrow(expect.objectContaining({ code: 'upstream_protocol' }));
  });
});

describe('collectResult()', () => {
  it('closes its stream, whether it ends or fails', async () => {
    const close = vi.fn(async () => undefined);
    const batches = [[start(), ...text('a', 'x'), end()]];
    const result = await collectResult(pullStream(async () => batches.shift(), close));
    expect(result.content).toEqual([{ type: 'text', text: 'x' }]);
    expect(close).toHaveBeenCalledOnce();

    const failure = new GatewayError('upstream_error', 'x');
    const failing = pullStream(() => Promise.reject(failure), close);
    await expect(collectResult(failing)).rejects.toBe(failure);
    expect(close).toHaveBeenCalledTimes(2);
  });
});
