import { describe, expect, it } from 'vitest';
import type { ChatEvent, ChatRequest } from '../../chat/index.js';
import { GatewayError } from '../../chat/index.js';
import { openCompletion } from './exchange.js';
import { completionRequest } from './request-schema.js';

const said = (request: ChatRequest | undefined): unknown =>
  request?.messages.map((message) => [
    message.role,
    typeof message.content === 'string'
      ? message.content
      : message.content.map((part) => ('text' in part ? part.text : part.type)).join(''),
  ]);

function turn(text: string, finishReason: 'stop' | 'length' = 'stop'): ChatEvent[] {
  return [
    { type: 'response-start', responseId: 't', model: 'org_auto', createdAt: 1_700_000_000_000, warnings: [] },
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'thought' },
    { type: 'reasoning-end', id: 'r' },
    { type: 'text-start', id: 't' },
    ...[...text].map((delta): ChatEvent => ({ type: 'text-delta', id: 't', delta })),
    { type: 'text-end', id: 't' },
    { type: 'response-end', finishReason, usage: { inputTokens: 3, outputTokens: 2, origin: 'reported' } },
  ];
}

function whole(body: object, ...turns: readonly ChatEvent[][]): Record<string, unknown> {
  const exchange = openCompletion(body);
  const { response } = exchange.parseRequest(body);
  for (const event of turns.flat()) exchange.follow(event);
  return exchange.encodeResult(undefined as never, response) as Record<string, unknown>;
}

function streamed(body: object, ...turns: readonly ChatEvent[][]): unknown[] {
  const exchange = openCompletion(body);
  const encoder = exchange.createStreamEncoder(exchange.parseRequest(body).response);
  let sse = '';
  for (const event of turns.flat()) {
    const followed = exchange.follow(event);
    if (followed !== undefined) sse += encoder.push(followed);
  }
  return (sse + encoder.end())
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => frame.replace('data: ', ''))
    .map((data) => (data === '[DONE]' ? data : JSON.parse(data)));
}

describe('openCompletion, the request', () => {
  it('prompt - is what the user says, as it is', () => {
    const { requests } = openCompletion({ model: 'm', prompt: '  Once upon\n' });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ model: 'm', tools: [], reasoning: { visible: false } });
    expect(said(requests[0])).toEqual([['user', '  Once upon\n']]);
  });

  it('prompts and n - a turn for each, all of the first prompt first', () => {
    const { requests } = openCompletion({ prompt: ['a', 'b'], n: 2 });
    expect(requests.map(said)).toEqual([[['user', 'a']], [['user', 'a']], [['user', 'b']], [['user', 'b']]]);
  });

  it('suffix - the model is shown both parts, in a way that neither can end', () => {
    const [request] = openCompletion({ prompt: 'f(x) {', suffix: '}"}\n' }).requests;
    const [, given] = (said(request) as [string, string][])[1] as [string, string];
    expect(JSON.parse(given.slice(given.indexOf('{')))).toEqual({ before: 'f(x) {', after: '}"}\n' });
  });

  it('limits and stops - are the turn’s; -1 is none', () => {
    const body = { prompt: 'a', max_tokens: 7, stop: ['\n', ''], temperature: 0, user: 'u' };
    expect(openCompletion(body).requests[0]).toMatchObject({
      sampling: { maxOutputTokens: 7, stopSequences: ['\n'], temperature: 0 },
      conversation: { affinityKey: 'u' },
    });
    expect(openCompletion({ prompt: 'a', max_tokens: -1, stop: 'x' }).requests[0]?.sampling).toEqual({
      stopSequences: ['x'],
    });
  });

  it('messages in place of a prompt - are read as in chat', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ];
    expect(said(openCompletion({ messages }).requests[0])).toEqual([
      ['system', 'Be brief.'],
      ['user', 'Hi'],
    ]);
  });

  it('what cannot be had - is warned about', () => {
    const { chat } = openCompletion({ prompt: 'a', logprobs: 5, best_of: 3, seed: 1, odd: true }).parseRequest({});
    expect(chat.warnings.map(({ subject }) => subject).sort()).toEqual(['best_of', 'logprobs', 'odd', 'seed']);
    const harmless = { prompt: 'a', logprobs: null, best_of: 1, n: 1 };
    expect(openCompletion(harmless).parseRequest({}).chat.warnings).toEqual([]);
  });

  const refused: readonly (readonly [object, string, string])[] = [
    [{}, 'prompt', 'Missing'],
    [{ prompt: null }, 'prompt', 'Missing'],
    [{ prompt: [] }, 'prompt', 'not empty'],
    [{ prompt: '' }, 'prompt', 'empty'],
    [{ prompt: ['a', ''] }, 'prompt[1]', 'empty'],
    [{ prompt: [1212, 318] }, 'prompt', 'token ids'],
    [{ prompt: [[1212], [318]] }, 'prompt', 'token ids'],
    [{ prompt: { text: 'a' } }, 'prompt', 'string'],
    [{ prompt: ['a', true] }, 'prompt[1]', 'string'],
    [{ prompt: 'a', n: 0 }, 'n', 'at least 1'],
    [{ prompt: 'a', n: 33 }, 'n', 'at most 32'],
    [{ prompt: Array(33).fill('a') }, 'prompt', 'at most 32'],
    [{ prompt: 'a', max_tokens: -2 }, 'max_tokens', 'at least 0'],
    [{ prompt: 'a', stream: 'yes' }, 'stream', 'boolean'],
  ];
  it.each(refused)('%j - 400 that names %s', (body, param, words) => {
    const failure = (() => {
      try {
        openCompletion(body);
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(failure).toMatchObject({ code: 'invalid_request', param, message: expect.stringContaining(words) });
  });
});

describe('openCompletion, anything anywhere', () => {
  const ODD: readonly unknown[] = [
    null,
    0,
    -1,
    1.5,
    1e300,
    '',
    'x',
    true,
    [],
    [null],
    [[]],
    ['a', 1],
    {},
    { toString: 1 },
    { role: 1 },
  ];
  const fields = Object.keys(completionRequest.shape).filter((name) => name !== 'prompt' && name !== 'messages');
  const bodies: readonly [string, object][] = [
    ...fields.map((name): [string, object] => [name, { prompt: 'a' }]),
    ['prompt', {}],
    ['messages', {}],
  ];
  it.each(bodies)('%s of every JSON type - is read or refused as the request’s fault', (name, base) => {
    for (const odd of ODD) {
      try {
        const exchange = openCompletion({ ...base, [name]: odd });
        expect(exchange.requests.length).toBeGreaterThan(0);
      } catch (error) {
        expect([odd, error]).toEqual([odd, expect.objectContaining({ code: 'invalid_request', status: 400 })]);
      }
    }
  });

  it.each([null, [], 'text', 7, true])('the body %j - is refused', (body) => {
    expect(() => openCompletion(body)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('openCompletion, the answer', () => {
  it('whole - text alone, thoughts have no place', () => {
    expect(whole({ model: 'm', prompt: 'a' }, turn('Hello'))).toMatchObject({
      id: expect.stringMatching(/^cmpl-/),
      object: 'text_completion',
      created: 1_700_000_000,
      model: 'm',
      choices: [{ text: 'Hello', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
  });

  it('whole, several - each with its own text, echo and end; usage is the sum', () => {
    const body = { prompt: ['Q1 ', 'Q2 '], echo: true };
    expect(whole(body, turn('one'), turn('two', 'length'))).toMatchObject({
      model: 'org_auto',
      choices: [
        { text: 'Q1 one', index: 0, finish_reason: 'stop' },
        { text: 'Q2 two', index: 1, finish_reason: 'length' },
      ],
      usage: { prompt_tokens: 6, completion_tokens: 4, total_tokens: 10 },
    });
  });

  it('streamed, several - one after the other, each with one end, then usage and [DONE]', () => {
    const body = { prompt: ['A', 'B'], echo: true, stream: true, stream_options: { include_usage: true } };
    const frames = streamed(body, turn('xy', 'length'), turn('z')) as {
      id: string;
      usage?: unknown;
      choices: { index: number; text: string; finish_reason: string | null }[];
    }[];
    expect(frames.at(-1)).toBe('[DONE]');
    const chunks = frames.slice(0, -1);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    const usage = chunks.pop();
    expect(usage).toMatchObject({ choices: [], usage: { total_tokens: 10 } });
    expect(chunks.map(({ choices: [choice] }) => [choice?.index, choice?.text, choice?.finish_reason])).toEqual([
      [0, 'A', null],
      [0, 'x', null],
      [0, 'y', null],
      [0, '', 'length'],
      [1, 'B', null],
      [1, 'z', null],
      [1, '', 'stop'],
    ]);
    expect(chunks.every((chunk) => chunk.usage === null)).toBe(true);
  });

  it('streamed, without include_usage - no word of usage', () => {
    expect(JSON.stringify(streamed({ prompt: 'a', stream: true }, turn('x')))).not.toContain('usage');
  });

  it('streamed, line ends that only some programs know - leave every frame one line', () => {
    const text = 'a\u2028b\u2029c\u0085d\ne';
    const exchange = openCompletion({ prompt: text, echo: true, stream: true });
    const encoder = exchange.createStreamEncoder(exchange.parseRequest({}).response);
    const sse = turn(text)
      .map((event) => encoder.push(event))
      .join('');
    expect(sse).not.toMatch(/[\u2028\u2029\u0085]/);
    const frames = streamed({ prompt: 'a', stream: true }, turn(text)) as { choices: { text: string }[] }[];
    expect(
      frames
        .slice(0, -1)
        .flatMap(({ choices }) => choices.map((choice) => choice.text))
        .join(''),
    ).toBe(text);
  });

  it('streamed, a failure - one error frame and no [DONE]', () => {
    const exchange = openCompletion({ prompt: 'a', stream: true });
    const encoder = exchange.createStreamEncoder(exchange.parseRequest({}).response);
    for (const event of turn('x').slice(0, 6)) encoder.push(event);
    expect(encoder.fail(new GatewayError('upstream_error', 'Broken'))).toContain('"message":"Broken"');
    expect(encoder.end()).toBe('');
    const cut = exchange.createStreamEncoder(exchange.parseRequest({}).response);
    cut.push(turn('x')[0] as ChatEvent);
    expect(cut.end()).toContain('upstream_protocol');
  });
});
