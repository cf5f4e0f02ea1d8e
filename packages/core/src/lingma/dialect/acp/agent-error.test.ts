import { describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../util/index.js';
import { failure, texts } from '../testing/read-run.js';
import { type StartedAcp, startAcp } from '../testing/start-acp.js';
import { AgentError } from './agent-error.js';

const WORDS = 'exceeded retry limit, last status: 429 Too Many Requests';
/** As codex-acp 2.6.0 sends it before it says the same as text. */
const REMARK: JsonObject = {
  message: 'Reconnecting... 1/1',
  codexErrorInfo: { responseStreamDisconnected: { httpStatusCode: 429 } },
  additionalDetails: WORDS,
  willRetry: true,
};
const remark = (started: StartedAcp, error: JsonObject = REMARK): void =>
  started.update({ sessionUpdate: 'session_info_update', _meta: { codex: { error } } }, {});
const chunk = (started: StartedAcp, text: string): void =>
  started.update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } }, {});
const end = async (started: StartedAcp): Promise<void> => {
  await started.reply({ stopReason: 'end_turn' });
  await started.clock.advance(600);
};

describe('a failure that an agent only remarks on', () => {
  it('told as the text of a normal end - fails the turn, and the text is not shown', async () => {
    const started = startAcp();
    const failing = failure(started);
    remark(started);
    for (const piece of [WORDS.slice(0, 10), `${WORDS.slice(10)}\n\n`]) chunk(started, piece);
    await end(started);
    expect(await failing).toMatchObject({ code: 'rate_limited' });
    expect((await started.run.outcome).text).toBe('');
  });

  it('behind a warning as text - fails the turn after it', async () => {
    const started = startAcp();
    chunk(started, 'Warning: no metadata.\n\n');
    remark(started);
    chunk(started, WORDS);
    const failing = failure(started);
    await end(started);
    expect(await failing).toMatchObject({ code: 'rate_limited' });
  });

  const other: readonly (readonly [string, JsonObject, string])[] = [
    ['usage limit', { message: 'You’ve hit your usage limit.', willRetry: false }, 'quota_exceeded'],
    [
      'overflow',
      { message: 'x', codexErrorInfo: 'contextWindowExceeded', willRetry: false },
      'context_length_exceeded',
    ],
    [
      'overload',
      { message: 'x', codexErrorInfo: { a: { httpStatusCode: 503 } }, willRetry: false },
      'upstream_overloaded',
    ],
    ['anything', { message: 'x', willRetry: false }, 'upstream_error'],
  ];
  it.each(other)('%s - has its own code, without a word of text', async (_name, error, code) => {
    const started = startAcp();
    const failing = failure(started);
    remark(started, error);
    await end(started);
    expect(await failing).toMatchObject({ code });
  });

  it('in the reply, after the words were shown - fails the turn', async () => {
    const started = startAcp();
    chunk(started, WORDS);
    const failing = failure(started);
    await started.reply({ stopReason: 'end_turn', _meta: { codex: { error: REMARK } } });
    await started.clock.advance(600);
    expect(await failing).toMatchObject({ code: 'rate_limited' });
  });

  it('and a retry that goes well - is forgotten, and the answer is whole', async () => {
    for (const answer of ['Hello.', 'x'.repeat(2000)]) {
      const started = startAcp();
      remark(started);
      chunk(started, answer);
      await end(started);
      expect(await texts(started)).toEqual([`text: ${answer}`]);
    }
  });

  it('and work that goes on - what was held comes first', async () => {
    const started = startAcp();
    remark(started);
    chunk(started, 'a');
    started.update({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: 't' } }, {});
    chunk(started, 'b');
    await end(started);
    expect(await texts(started)).toEqual(['text: a', 'reasoning: t', 'text: b']);
  });

  it('after a good answer - takes nothing from it', async () => {
    const started = startAcp();
    chunk(started, 'A good answer.');
    remark(started);
    await end(started);
    expect(await texts(started)).toEqual(['text: A good answer.']);
  });
});

describe('AgentError', () => {
  it.each([
    ['at the end of what was shown', 1_000, true],
    ['too far back in it', 1_300, false],
  ])('words of the failure %s - after a long answer', (_, behind, fails) => {
    const error = new AgentError();
    const shown = 'x'.repeat(30_000) + WORDS + 'y'.repeat(behind);
    error.see({ codex: { error: REMARK } });
    expect('error' in error.end(shown)).toBe(fails);
  });

  it('see() - tells that the agent tries again, where it says so', () => {
    const onRetry = vi.fn();
    const error = new AgentError(true, onRetry);
    error.see({ codex: { error: REMARK } });
    error.see({ codex: { error: { ...REMARK, willRetry: false } } });
    error.see({ codex: { threadStatus: { type: 'idle' } } });
    expect(onRetry).toHaveBeenCalledTimes(1);
  });

  it('text() - holds no more than it has to', () => {
    const error = new AgentError();
    error.see({ codex: { error: { message: 'x'.repeat(1000), details: WORDS } } });
    let held = 0;
    while (error.text('y') === '') held++;
    expect(held).toBe(WORDS.length + 300);
  });
});
