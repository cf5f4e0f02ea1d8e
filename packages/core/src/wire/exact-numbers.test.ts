import { describe, expect, it } from 'vitest';
import type { ChatEvent, ChatMessage } from '../chat/index.js';
import { ResultCollector } from '../chat/index.js';
import { isJsonObject, type JsonObject, parseExactJson, stringifyJson } from '../util/index.js';
import type { ProtocolName } from './protocol.js';
import { protocols } from './protocols.js';

const ID = '9223372036854775807';
const INPUT = `{"id":${ID},"n":[1.5,-${ID}]}`;
const NAMES = Object.keys(protocols) as ProtocolName[];

const parse = (name: ProtocolName, body: string) => protocols[name].parseRequest(parseExactJson(body));

const callsOf = (messages: readonly ChatMessage[]): readonly string[] =>
  messages.flatMap((message) =>
    message.role === 'assistant'
      ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.input] : []))
      : [],
  );

describe('digits in a request - survive', () => {
  it.each<[ProtocolName, string, string]>([
    [
      'openai-chat',
      'arguments as an object',
      `{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":${INPUT}}}]}]}`,
    ],
    [
      'openai-chat',
      'arguments as text',
      `{"messages":[{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f","arguments":${JSON.stringify(INPUT)}}}]}]}`,
    ],
    [
      'openai-chat',
      'the older form',
      `{"messages":[{"role":"assistant","function_call":{"name":"f","arguments":${INPUT}}}]}`,
    ],
    [
      'anthropic-messages',
      'input',
      `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":${INPUT}}]}]}`,
    ],
    [
      'openai-responses',
      'arguments',
      `{"input":[{"type":"function_call","call_id":"c","name":"f","arguments":${INPUT}}]}`,
    ],
    ['openai-responses', 'an action', `{"input":[{"type":"shell_call","call_id":"c","action":${INPUT}}]}`],
  ])('%s, %s', (name, _title, body) => {
    expect(callsOf(parse(name, body).chat.messages)).toEqual([INPUT]);
  });

  it.each<[ProtocolName, JsonObject, string]>([
    ['openai-chat', { messages: [{ role: 'user', content: 'x' }] }, '"function":{"name":"f","parameters":SCHEMA}'],
    ['anthropic-messages', { messages: [{ role: 'user', content: 'x' }] }, '"name":"f","input_schema":SCHEMA'],
    ['openai-responses', { input: 'x' }, '"type":"function","name":"f","parameters":SCHEMA'],
  ])('%s, a tool schema', (name, body, tool) => {
    const schema = `{"type":"object","properties":{"id":{"type":"integer","maximum":${ID},"enum":[${ID}]}}}`;
    const text = `${JSON.stringify(body).slice(0, -1)},"tools":[{${tool.replace('SCHEMA', schema)}}]}`;
    expect(stringifyJson(parse(name, text).chat.tools[0]?.inputSchema)).toBe(schema);
  });

  it.each(NAMES)('%s: settings written with more digits than a double has are read as numbers', (name) => {
    const body = `{"messages":[{"role":"user","content":"x"}],"input":"x","temperature":0.1000000000000000055,"top_p":1.0,"seed":${ID}}`;
    expect(parse(name, body).chat.sampling).toMatchObject({ temperature: 0.1, topP: 1 });
  });

  it.each(NAMES)('%s: a limit beyond all numbers is refused, not a failure of ours', (name) => {
    for (const limit of ['1e400', '-1e400', ID, '1.5']) {
      const body = `{"messages":[{"role":"user","content":"x"}],"input":"x","max_tokens":${limit},"max_output_tokens":${limit}}`;
      expect(() => parse(name, body)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    }
  });
});

const EVENTS: readonly ChatEvent[] = [
  { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] },
  { type: 'tool-input-start', id: 'call_1', toolName: 'f', kind: 'function', executedBy: 'client' },
  { type: 'tool-input-delta', id: 'call_1', delta: INPUT },
  { type: 'tool-input-end', id: 'call_1' },
  { type: 'response-end', finishReason: 'tool-calls', usage: { inputTokens: 1, outputTokens: 1, origin: 'reported' } },
];

describe('digits of an answer - survive', () => {
  const response = {
    stream: true,
    model: 'm',
    includeUsage: true,
    reasoning: 'visible',
    echo: { id: 'resp_1' },
  } as const;

  it.each(NAMES)('%s, whole', (name) => {
    const collector = new ResultCollector();
    for (const event of EVENTS) collector.push(event);
    const text = stringifyJson(protocols[name].encodeResult(collector.finish(), response));
    const expected = name === 'anthropic-messages' ? `"input":${INPUT}` : `"arguments":${JSON.stringify(INPUT)}`;
    expect(text).toContain(expected);
  });

  it.each(NAMES)('%s, streamed', (name) => {
    const encoder = protocols[name].createStreamEncoder(response);
    const frames = EVENTS.map((event) => encoder.push(event)).join('');
    expect(frames).toContain(JSON.stringify(INPUT));
  });

  it('openai-responses, the item of a built-in tool and the settings it repeats', () => {
    const { response: parsed } = parse(
      'openai-responses',
      `{"input":"x","stream":true,"tools":[{"type":"function","name":"f","parameters":{"type":"object","default":${ID}}}]}`,
    );
    const encoder = protocols['openai-responses'].createStreamEncoder(parsed);
    expect(EVENTS.map((event) => encoder.push(event)).join('')).toContain(`"default":${ID}`);
    expect(isJsonObject(parsed.echo)).toBe(true);
  });
});
