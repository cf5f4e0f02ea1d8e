import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { DebugRing } from './debug-ring.js';
import type { FinishedRequest } from './finished-request.js';
import { Distribution } from './series.js';

const TURN = { ended: true, interToken: new Distribution([1]), toolCalls: { native: 0, text: 0, upstream: 0 } };

const finished = (more: Partial<FinishedRequest> = {}): FinishedRequest => ({
  id: 'req_1',
  at: Date.UTC(2026, 0, 2, 3, 4, 5),
  method: 'POST',
  path: '/v1/chat/completions',
  route: 'openai-chat',
  access: 'client',
  protocol: 'openai-chat',
  status: 200,
  ms: 12,
  principal: 'alice',
  times: { startedAt: 0, endedAt: 12 },
  record: {},
  isChat: true,
  ...more,
});

describe('DebugRing', () => {
  it('an entry - has every member, whatever is known', () => {
    const ring = new DebugRing({ capacity: 2 });
    ring.push(
      finished({
        record: {
          model: 'm',
          upstreamModel: 'qwen',
          instance: 'inst-0',
          sessionReused: true,
          stream: true,
          ttftMs: 3,
          finishReason: 'stop',
        },
        turn: { ...TURN, usage: { inputTokens: 1, outputTokens: 2, origin: 'estimated' } },
      }),
    );
    ring.push(finished({ error: new GatewayError('upstream_error', 'It broke for sk-abcdefgh12345678'), status: 502 }));
    const [failed, good] = ring.list(50);
    expect(good).toEqual({
      id: 'req_1',
      at: '2026-01-02T03:04:05.000Z',
      method: 'POST',
      path: '/v1/chat/completions',
      route: 'openai-chat',
      status: 200,
      ms: 12,
      ttft_ms: 3,
      principal: 'alice',
      model: 'm',
      upstream_model: 'qwen',
      instance: 'inst-0',
      session_reused: true,
      stream: true,
      finish_reason: 'stop',
      usage: { input_tokens: 1, output_tokens: 2, estimated: true },
      error: null,
    });
    expect(failed).toMatchObject({
      status: 502,
      error: 'upstream_error',
      reason: 'It broke for sk-***',
      usage: null,
      model: null,
    });
  });

  it('list() - newest first, no more than asked for', () => {
    const ring = new DebugRing({ capacity: 3 });
    for (const id of ['a', 'b', 'c', 'd']) ring.push(finished({ id }));
    expect(ring.list(2).map(({ id }) => id)).toEqual(['d', 'c']);
    expect(ring.list(9).map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    expect(ring.count).toBe(3);
  });

  it('capacity 0 - keeps nothing', () => {
    const ring = new DebugRing({ capacity: 0 });
    ring.push(finished());
    expect(ring).toMatchObject({ count: 0, bytes: 0 });
    expect(ring.list(50)).toEqual([]);
  });

  it('bodies - push out older requests before they take more than there is', () => {
    const ring = new DebugRing({ capacity: 200, maxBytes: 100_000 });
    for (let at = 0; at < 50; at++) {
      ring.push(
        finished({ id: `r${at}`, body: { text: 'x'.repeat(5_000) }, turn: { ...TURN, answer: { text: 'y' } } }),
      );
      expect(ring.bytes).toBeLessThanOrEqual(100_000);
    }
    expect(ring.count).toBe(7);
    expect(ring.list(1)[0]).toMatchObject({ id: 'r49', request: { text: 'x'.repeat(5_000) }, response: { text: 'y' } });
  });

  it('a body that would take all of it - stays out, its request does not', () => {
    const ring = new DebugRing({ capacity: 200, maxBytes: 100_000 });
    ring.push(finished({ id: 'small' }));
    ring.push(finished({ id: 'large', body: { text: 'x'.repeat(60_000) } }));
    expect(ring.list(9).map(({ id, request }) => [id, request])).toEqual([
      ['large', undefined],
      ['small', undefined],
    ]);
  });

  it('fields that clients choose - are short', () => {
    const ring = new DebugRing({ capacity: 200 });
    ring.push(finished({ path: `/${'p'.repeat(9_000)}`, record: { model: 'm'.repeat(9_000) } }));
    expect(JSON.stringify(ring.list(1)).length).toBeLessThan(1_200);
  });
});
