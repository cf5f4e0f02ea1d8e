import { describe, expect, it } from 'vitest';
import {
  type ChatEvent,
  type ChatEventStream,
  checkGrammar,
  collectResult,
  GatewayError,
  type TranscriptEntry,
  toEventStream,
  withStages,
} from '../chat/index.js';
import { type SecondTryOptions, type Verdict, withSecondTry } from './retry-answer.js';

const usage = { inputTokens: 10, outputTokens: 2, origin: 'estimated' } as const;

function answer(text: string, tool?: string): readonly ChatEvent[] {
  return [
    { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] },
    ...(text === ''
      ? []
      : ([
          { type: 'text-start', id: 'text-1' },
          { type: 'text-delta', id: 'text-1', delta: text },
          { type: 'text-end', id: 'text-1' },
        ] as const)),
    ...(tool === undefined
      ? []
      : ([
          { type: 'tool-input-start', id: `call_${tool}`, toolName: tool, kind: 'function', executedBy: 'client' },
          { type: 'tool-input-delta', id: `call_${tool}`, delta: '{}' },
          { type: 'tool-input-end', id: `call_${tool}` },
        ] as const)),
    { type: 'response-end', finishReason: tool === undefined ? 'stop' : 'tool-calls', usage },
  ];
}

/** Answers one after the other, noting what each try was given on top. */
function tries(...answers: readonly (readonly ChatEvent[] | GatewayError)[]) {
  const given: (readonly TranscriptEntry[])[] = [];
  const open = (more: readonly TranscriptEntry[]): ChatEventStream => {
    const next = answers[given.length];
    given.push(more);
    if (next === undefined) throw new Error('a third try');
    return next instanceof GatewayError
      ? toEventStream(
          (async function* (): AsyncGenerator<ChatEvent> {
            yield* [];
            throw next;
          })(),
        )
      : toEventStream(next);
  };
  return { open, given };
}

const wantsTool = ({ content }: { readonly content: readonly { readonly type: string }[] }): Verdict =>
  content.some(({ type }) => type === 'tool-call') ? { type: 'accept' } : { type: 'retry', instruction: 'Call it!' };
const failure = (): GatewayError => new GatewayError('upstream_error', 'no call');
const run = (options: SecondTryOptions) => collectResult(withStages(withSecondTry(options), [checkGrammar()]));

describe('withSecondTry, held', () => {
  it('right at once - one try, unchanged', async () => {
    const { open, given } = tries(answer('', 'a'));
    const result = await run({ open, judge: wantsTool, hold: failure });
    expect(result.content).toMatchObject([{ type: 'tool-call', toolName: 'a' }]);
    expect(given).toEqual([[]]);
  });

  it('wrong first - only the second is seen, both are paid for', async () => {
    const { open, given } = tries(answer('I would rather not.'), answer('', 'a'));
    const result = await run({ open, judge: wantsTool, hold: failure });
    expect(result.content).toMatchObject([{ type: 'tool-call', toolName: 'a' }]);
    expect(result.usage).toMatchObject({ inputTokens: 20, outputTokens: 4 });
    expect(given[1]).toEqual([
      { role: 'assistant', text: 'I would rather not.' },
      { role: 'user', text: 'Call it!' },
    ]);
  });

  it('wrong twice - fails, never prose', async () => {
    const { open } = tries(answer('No.'), answer('Still no.'));
    await expect(run({ open, judge: wantsTool, hold: failure })).rejects.toMatchObject({ message: 'no call' });
  });

  it('accepted with another text - sent in its place', async () => {
    const { open } = tries(answer('```json\n{}\n```'));
    const result = await run({ open, judge: () => ({ type: 'accept', text: '{}' }), hold: failure });
    expect(result.content).toEqual([{ type: 'text', text: '{}' }]);
  });
});

describe('withSecondTry, passing', () => {
  it('first streams on; of the second only the calls are added', async () => {
    const { open } = tries(answer('I have no tools.'), answer('Sorry!', 'a'));
    const result = await run({ open, judge: wantsTool, hold: false });
    expect(result.content).toMatchObject([
      { type: 'text', text: 'I have no tools.' },
      { type: 'tool-call', toolName: 'a' },
    ]);
    expect(result.finishReason).toBe('tool-calls');
  });

  it.each([
    ['no better', answer('Really none.')],
    ['failing', new GatewayError('upstream_error', 'down')],
  ])('second %s - the first stands', async (_name, second) => {
    const { open } = tries(answer('I have no tools.'), second);
    const result = await run({ open, judge: wantsTool, hold: false });
    expect(result.content).toEqual([{ type: 'text', text: 'I have no tools.' }]);
    expect(result.finishReason).toBe('stop');
  });
});

it('a second try - the first is closed, and all of it has gone out before', async () => {
  const closed: string[] = [];
  let openNow = '';
  const stream = withSecondTry({
    open: (more) => {
      const name = more.length === 0 ? 'first' : 'second';
      expect(openNow).toBe('');
      openNow = name;
      const inner = toEventStream(name === 'first' ? answer('I have no tools.') : answer('', 'a'));
      const close = async (): Promise<void> => {
        closed.push(name);
        openNow = '';
        await inner.close();
      };
      return { ...inner, close };
    },
    judge: wantsTool,
    hold: false,
  });
  let text = '';
  while (text === '') {
    for (const event of (await stream.read()) ?? []) if (event.type === 'text-delta') text += event.delta;
  }
  expect(text).toBe('I have no tools.');
  expect(closed).toEqual([]);
  const rest: string[] = [];
  for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) {
    rest.push(...batch.map(({ type }) => type));
  }
  expect(rest).toEqual(['text-end', 'tool-input-start', 'tool-input-delta', 'tool-input-end', 'response-end']);
  await stream.close();
  expect(closed.slice(0, 2)).toEqual(['first', 'second']);
});

it('close - reaches the try that runs, also one opened meanwhile', async () => {
  let closes = 0;
  const stream = withSecondTry({
    open: () => ({ ...toEventStream(answer('x')), close: async () => void closes++ }),
    judge: () => ({ type: 'accept' }),
    hold: false,
  });
  await stream.read();
  await stream.close();
  expect(closes).toBe(1);
});

describe('an answer that is still not what was demanded, where it may pass', () => {
  const warning = { type: 'tool-emulation', subject: 'tool_choice', message: 'no call' } as const;
  it('comes with a warning, and costs both tries', async () => {
    const { open, given } = tries(answer('one'), answer('two'));
    const events: ChatEvent[] = [];
    const stream = withStages(withSecondTry({ open, judge: wantsTool, hold: () => warning }), [checkGrammar()]);
    for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) events.push(...batch);
    expect(events[0]).toMatchObject({ type: 'response-start', warnings: [warning] });
    expect(events.filter(({ type }) => type === 'text-delta')).toMatchObject([{ delta: 'two' }]);
    expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 20, outputTokens: 4 } });
    expect(given).toHaveLength(2);
  });
});

describe('usage', () => {
  const withUsage = (events: readonly ChatEvent[], more: object): readonly ChatEvent[] =>
    events.map((event) => (event.type === 'response-end' ? { ...event, usage: { ...usage, ...more } } : event));
  const first = withUsage(answer('one'), { inputTokens: 7, outputTokens: 3, reasoningTokens: 1, origin: 'reported' });
  const second = withUsage(answer('', 'read'), { inputTokens: 9, outputTokens: 5, reasoningTokens: 2 });

  it.each([
    ['held', failure],
    ['passed on as it comes', false],
  ] as const)('of both tries, %s - is added up; half an estimate is an estimate', async (_name, hold) => {
    const { open } = tries(first, second);
    expect((await run({ open, judge: wantsTool, hold })).usage).toEqual({
      inputTokens: 16,
      outputTokens: 8,
      reasoningTokens: 3,
      origin: 'estimated',
    });
  });

  it('of a single try - is its own', async () => {
    const { open } = tries(first);
    const { usage: own } = await run({ open, judge: () => ({ type: 'accept' }), hold: failure });
    expect(own).toEqual({ inputTokens: 7, outputTokens: 3, reasoningTokens: 1, origin: 'reported' });
  });
});

it('calls that ran upstream - are not added to a first answer', async () => {
  const upstream = answer('', 'list_dir').map((event) =>
    event.type === 'tool-input-start' ? { ...event, executedBy: 'upstream' as const } : event,
  );
  const { open } = tries(answer('one'), upstream);
  const { content } = await run({ open, judge: wantsTool, hold: false });
  expect(content.map(({ type }) => type)).toEqual(['text']);
});
