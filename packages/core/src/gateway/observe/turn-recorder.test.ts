import { describe, expect, it, vi } from 'vitest';
import type { ChatEvent } from '../../chat/index.js';
import { aContext } from '../testing/a-context.js';
import type { FinishedRequest } from './finished-request.js';
import type { RequestObserver } from './request-observer.js';
import { TurnRecorder } from './turn-recorder.js';

const START: ChatEvent = {
  type: 'response-start',
  responseId: 'turn-1',
  model: 'qwen',
  createdAt: 0,
  inputTokens: 7,
  warnings: [],
};
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 7, outputTokens: 2, origin: 'reported' },
};
const delta = (text: string): ChatEvent => ({ type: 'text-delta', id: 't', delta: text });
const call = (executedBy: 'client' | 'upstream'): ChatEvent => ({
  type: 'tool-input-start',
  id: 'c',
  toolName: 'x',
  kind: 'function',
  executedBy,
});

function aRecorder(keepsBodies = false) {
  const finished: FinishedRequest[] = [];
  const observer: RequestObserver = {
    keepsBodies,
    repeated: vi.fn(),
    finished: (request) => finished.push(request),
  };
  const { context, clock } = aContext({ observer });
  const recorder = new TurnRecorder(context, []);
  context.turn = recorder;
  const batch = (...events: readonly ChatEvent[]): void => {
    for (const event of events) recorder.push(event);
    recorder.endBatch();
  };
  return { recorder, context, clock, batch, finished };
}

describe('TurnRecorder', () => {
  it('the size of the prompt - counted only for a turn that tells no usage of its own', () => {
    let counted = 0;
    const lazy: ChatEvent = Object.defineProperty({ ...START }, 'inputTokens', { get: () => ++counted });
    const told = aRecorder();
    told.batch(lazy, delta('a'), END);
    told.recorder.finish();
    expect(counted).toBe(0);
    const cut = aRecorder();
    cut.batch(lazy, delta('a'));
    cut.recorder.finish();
    expect(counted).toBe(1);
  });

  it('times - one observation a batch with content, however many events it holds', () => {
    const { recorder, context, clock, batch } = aRecorder();
    clock.pass(100);
    batch(START);
    clock.pass(150);
    batch({ type: 'text-start', id: 't' });
    batch(delta('a'), delta('b'), delta('c'));
    clock.pass(40);
    batch(delta('d'));
    clock.pass(60);
    batch({ type: 'text-end', id: 't' }, END);
    expect(context.record.ttftMs).toBe(250);
    expect(recorder.facts).toMatchObject({ firstTokenSeconds: 0.25 });
    expect(recorder.facts.interToken).toMatchObject({ count: 1, sum: 0.04 });
  });

  it('calls - counted by how they came to be', () => {
    const { recorder, context, batch } = aRecorder();
    batch(START, call('upstream'), call('client'));
    context.report({ toolFormat: 'native' });
    batch(call('client'), call('client'));
    expect(recorder.facts.toolCalls).toEqual({ upstream: 1, text: 1, native: 2 });
  });

  it('a turn that came to its end - as its upstream reported it', () => {
    const { recorder, context, batch, finished } = aRecorder();
    batch(START, delta('a'), END);
    recorder.finish();
    context.finish();
    expect(finished).toMatchObject([
      { turn: { ended: true, responseId: 'turn-1', usage: { origin: 'reported' } }, record: { outputTokens: 2 } },
    ]);
  });

  it.each([
    ['Hello world, how are you doing?!', 8],
    ['你好，世界', 4],
    ['x', 1],
    ['', 0],
  ])('a turn that was cut off behind %j - has taken about %d tokens', (text, outputTokens) => {
    const { recorder, context, batch, finished } = aRecorder();
    batch(START, delta(text));
    recorder.finish();
    recorder.finish();
    context.finish();
    expect(finished).toMatchObject([
      {
        turn: { ended: false, usage: { inputTokens: 7, outputTokens, origin: 'estimated' } },
        record: { outputTokens },
      },
    ]);
  });

  it('a turn that never began - has taken nothing', () => {
    const { recorder, context, finished } = aRecorder();
    recorder.finish();
    context.finish();
    expect(finished[0]?.turn).toMatchObject({ ended: false, interToken: { count: 0 } });
    expect(finished[0]?.turn).not.toHaveProperty('usage');
  });

  it('what was answered - is kept where bodies are, bounded and without secrets', () => {
    const { recorder, batch } = aRecorder(true);
    batch(START, delta('my token is sk-abcdefgh12345678 '), delta('y '.repeat(50_000)), call('client'));
    batch({ type: 'tool-input-delta', id: 'c', delta: '{"password":"x","a":1}' });
    const answer = recorder.facts.answer as { text: string; tool_calls: unknown };
    expect(answer.text).toMatch(/^my token is sk-\*\*\* y y/);
    expect(answer.text.length).toBeLessThan(2_100);
    expect(answer.tool_calls).toEqual([{ name: 'x', input: '{"password":"***","a":1}' }]);
  });

  it('what was answered - is not kept elsewhere', () => {
    const { recorder, batch } = aRecorder();
    batch(START, delta('a'));
    expect(recorder.facts).not.toHaveProperty('answer');
  });
});
