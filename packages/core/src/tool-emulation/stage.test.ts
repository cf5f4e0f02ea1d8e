import { describe, expect, it } from 'vitest';
import {
  type ChatEvent,
  type ChatResult,
  checkGrammar,
  type FinishReason,
  pullStream,
  ResultCollector,
  withStages,
} from '../chat/index.js';
import { quoteCalls } from './prompt/quote-calls.js';
import { createToolEmulationStage, type ToolEmulationOptions } from './stage.js';
import { functionTool, TOOLS } from './testing/tools.js';

const START: ChatEvent = {
  type: 'response-start',
  responseId: 'r',
  model: 'm',
  createdAt: 0,
  inputTokens: 7,
  warnings: [],
};
const usage = { inputTokens: 7, outputTokens: 9, origin: 'reported' } as const;
const end = (finishReason: FinishReason = 'stop'): ChatEvent => ({ type: 'response-end', finishReason, usage });
const text = (id: string, ...deltas: readonly string[]): ChatEvent[] => [
  { type: 'text-start', id },
  ...deltas.map((delta) => ({ type: 'text-delta', id, delta }) as const),
  { type: 'text-end', id },
];
const native = (id: string, toolName: string, input: string): ChatEvent[] => [
  { type: 'tool-input-start', id, toolName, kind: 'function', executedBy: 'client' },
  { type: 'tool-input-delta', id, delta: input },
  { type: 'tool-input-end', id },
];
const action = (tool: string, parameters: unknown): string =>
  `\`\`\`json action\n${JSON.stringify({ tool, parameters })}\n\`\`\`\n`;
const paris = action('get_weather', { city: 'Paris' });
const rome = action('get_weather', { city: 'Rome' });

interface Ran {
  readonly events: readonly ChatEvent[];
  readonly result: ChatResult;
  readonly done: boolean;
  /** Events that were pushed before the stage had enough. */
  readonly pushed: number;
}

function run(events: readonly ChatEvent[], options: Partial<ToolEmulationOptions> = {}): Ran {
  let count = 0;
  const createId = (prefix: string): string => `${prefix}${++count}`;
  const stage = createToolEmulationStage({ tools: TOOLS, createId, ...options });
  const grammar = checkGrammar();
  const out: ChatEvent[] = [];
  let pushed = 0;
  for (const event of events) {
    if (stage.done === true) break;
    pushed++;
    stage.push(event, (made) => grammar.push(made, (checked) => out.push(checked)));
  }
  const collector = new ResultCollector();
  for (const event of out) collector.push(event);
  return { events: out, result: collector.finish(), done: stage.done === true, pushed };
}

const blocks = ({ result }: Ran): readonly string[] =>
  result.content.map((block) => {
    switch (block.type) {
      case 'text':
      case 'reasoning':
        return block.text;
      case 'tool-call':
        return `${block.toolCallId} ${block.toolName} ${block.input}${block.incomplete === true ? ' (cut)' : ''}`;
      default:
        return block.type;
    }
  });

describe('createToolEmulationStage', () => {
  it('text and calls - become blocks in their order, the finish reason follows', () => {
    const ran = run([START, ...text('t', 'Looking. ', `${paris}Then:\n`, rome), end()]);
    expect(blocks(ran)).toEqual(
      ['Looking. ', 'call_1 get_weather {"city":"Paris"}', 'Then:', 'call_2 get_weather {"city":"Rome"}'].map(
        (block) => (block === 'Then:' ? '\n\nThen:' : block),
      ),
    );
    expect(ran.result.finishReason).toBe('tool-calls');
    expect(ran.result.usage).toEqual(usage);
    // The source ends by itself: closing it early would make its session unusable.
    expect(ran.done).toBe(false);
  });

  it('ordinary text - passes delta by delta, untouched', () => {
    const ran = run([START, ...text('t', 'One', ' two', ' three.'), end()]);
    expect(ran.events).toEqual([START, ...text('t', 'One', ' two', ' three.'), end()]);
  });

  it('an answer that is only a call - has no text block', () => {
    expect(run([START, ...text('t', paris), end()]).result.content.map(({ type }) => type)).toEqual(['tool-call']);
  });

  it('an answer without text events - stays as it is', () => {
    expect(run([START, end()]).events).toEqual([START, end()]);
  });

  it("ids - have the caller's prefix, else call_ and 24 hex digits", () => {
    const ids = (options: ToolEmulationOptions): readonly string[] => {
      const out: ChatEvent[] = [];
      const stage = createToolEmulationStage(options);
      for (const event of [START, ...text('t', paris, rome), end()]) stage.push(event, (made) => out.push(made));
      return out.filter((event) => event.type === 'tool-input-start').map(({ id }) => id);
    };
    const own = ids({ tools: TOOLS });
    expect(own).toHaveLength(2);
    expect(new Set(own).size).toBe(2);
    for (const id of own) expect(id).toMatch(/^call_[0-9a-f]{24}$/);
    for (const id of ids({ tools: TOOLS, idPrefix: 'toolu_' })) expect(id).toMatch(/^toolu_[0-9a-f]{24}$/);
  });

  it('choice none, or no tools - touches nothing', () => {
    const events = [START, ...text('t', paris), end()];
    expect(run(events, { toolChoice: { type: 'none' } }).events).toEqual(events);
    expect(run(events, { tools: [] }).events).toEqual(events);
  });

  it('the same call twice - is passed on once', () => {
    const ran = run([START, ...text('t', paris, 'Again:\n', paris, rome), end()]);
    expect(ran.result.content.filter(({ type }) => type === 'tool-call')).toHaveLength(2);
  });

  it('no parallel calls - ends the turn with the first', () => {
    const ran = run([START, ...text('t', `Go. ${paris}`, rome, 'x'), end()], { parallelToolCalls: false });
    expect(blocks(ran)).toEqual(['Go. ', 'call_1 get_weather {"city":"Paris"}']);
    expect(ran.result.finishReason).toBe('tool-calls');
    expect(ran.result.usage).toMatchObject({ inputTokens: 7, origin: 'estimated' });
    expect(ran.done).toBe(true);
    expect(ran.pushed).toBeLessThan(6);
  });

  it('no parallel calls, both in one delta - drops the second', () => {
    const ran = run([START, ...text('t', `${paris}${rome}`), end()], { parallelToolCalls: false });
    expect(blocks(ran)).toEqual(['call_1 get_weather {"city":"Paris"}']);
  });

  it('an invented result - ends the turn before it', () => {
    const ran = run([START, ...text('t', paris, 'Tool result ', 'for call_1:\nSunny.\n', 'So it is sunny.'), end()], {
      counter: { name: 'estimate', count: (written) => written.length },
    });
    expect(blocks(ran)).toEqual(['call_1 get_weather {"city":"Paris"}']);
    expect(ran.done).toBe(true);
    expect(ran.result.usage.outputTokens).toBe(`${paris}Tool result for call_1:\nSunny.\n`.length);
  });

  it('the length limit - wins over calls, and a cut call is incomplete', () => {
    const ran = run([
      START,
      ...text('t', paris, '```json action\n{"tool": "get_weather", "parameters": {"ci'),
      end('length'),
    ]);
    expect(blocks(ran)).toEqual(['call_1 get_weather {"city":"Paris"}', 'call_2 get_weather {"ci (cut)']);
    expect(ran.result.finishReason).toBe('length');
  });

  it('a call cut off without the limit - is text', () => {
    const cut = '```json action\n{"tool": "get_weather", "parameters": {"ci';
    const ran = run([START, ...text('t', cut), end()]);
    expect(blocks(ran)).toEqual([cut]);
    expect(ran.result.finishReason).toBe('stop');
  });

  it('the content filter - keeps its finish reason', () => {
    expect(run([START, ...text('t', paris), end('content-filter')]).result.finishReason).toBe('content-filter');
  });

  it('reasoning - passes through, also with a call in it', () => {
    const thought: ChatEvent[] = [
      { type: 'reasoning-start', id: 'th' },
      { type: 'reasoning-delta', id: 'th', delta: paris },
      { type: 'reasoning-end', id: 'th' },
    ];
    const ran = run([START, ...thought, ...text('t', 'Ok.'), end()]);
    expect(ran.events).toEqual([START, ...thought, ...text('t', 'Ok.'), end()]);
  });

  it('reasoning behind text - comes behind all of that text', () => {
    const thought: ChatEvent[] = [
      { type: 'reasoning-start', id: 'th' },
      { type: 'reasoning-end', id: 'th' },
    ];
    const ran = run([START, ...text('t', 'Ok: ```js'), ...thought, ...text('u', paris), end()]);
    expect(blocks(ran)).toEqual(['Ok: ```js', '', 'call_1 get_weather {"city":"Paris"}']);
  });

  it('a call over two text blocks of the upstream - is one call', () => {
    const ran = run([START, ...text('t', paris.slice(0, 20)), ...text('u', paris.slice(20)), end()]);
    expect(blocks(ran)).toEqual(['call_1 get_weather {"city":"Paris"}']);
  });

  it('text taken back - is retracted, its calls are not repeated', () => {
    const ran = run([
      START,
      { type: 'text-start', id: 't' },
      { type: 'text-delta', id: 't', delta: `${paris}\nSome te` },
      { type: 'text-end', id: 't', retracted: true },
      ...text('u', `${paris}${rome}`),
      end(),
    ]);
    expect(blocks(ran)).toEqual(['call_1 get_weather {"city":"Paris"}', 'call_2 get_weather {"city":"Rome"}']);
  });

  it('a call of the upstream itself - counts, and its double in the text is left out', () => {
    const ran = run([START, ...native('n1', 'get_weather', '{"city": "Paris"}'), ...text('t', paris), end()]);
    expect(blocks(ran)).toEqual(['n1 get_weather {"city":"Paris"}']);
    expect(ran.result.finishReason).toBe('tool-calls');
  });

  it('a call of the upstream itself - is typed as the schema says, and left out where it cannot be run', () => {
    const tools = [functionTool('add', { n: { type: 'integer' } }, ['n']), functionTool('other')];
    const calls = [...native('n1', 'add', '{"n":"3"}'), ...native('n2', 'add', '{}'), ...native('n3', 'other', '')];
    expect(blocks(run([START, ...calls, end()], { tools }))).toEqual(['n1 add {"n":3}', 'n3 other {}']);
    const forced = run([START, ...calls, end()], { tools, toolChoice: { type: 'tool', toolName: 'add' } });
    expect(blocks(forced)).toEqual(['n1 add {"n":3}']);
    const none = run([START, ...native('n2', 'add', '{}'), ...text('t', 'Hm.'), end()], { tools });
    expect([blocks(none), none.result.finishReason]).toEqual([['Hm.'], 'stop']);
  });

  it('a name of several tools - means the one without namespace, or the one that is demanded', () => {
    const read = functionTool('read');
    const tools = [{ ...read, namespace: 'a' }, { ...read, namespace: 'b' }, read];
    const called = (name: string, options: Partial<ToolEmulationOptions> = {}) =>
      run([START, ...text('t', action(name, {})), end()], { tools, ...options }).result.content.map((block) =>
        block.type === 'tool-call' ? `${block.namespace ?? '-'} ${block.toolName}` : block.type,
      );
    expect(called('read')).toEqual(['- read']);
    expect(called('Read')).toEqual(['- read']);
    expect(called('b.read')).toEqual(['b read']);
    expect(called('a__read')).toEqual(['a read']);
    expect(called('read', { tools: tools.slice(0, 2) })).toEqual(['text']);
    const toolChoice = { type: 'tool', toolName: 'read', namespace: 'b' } as const;
    expect(called('read', { toolChoice })).toEqual(['b read']);
    expect(called('a.read', { toolChoice })).toEqual(['text']);
    expect(called('read', { toolChoice: { type: 'tool', toolName: 'read' } })).toEqual(['- read']);
  });

  it('a tool the upstream runs itself - passes and makes no call', () => {
    const events: ChatEvent[] = [
      START,
      { type: 'tool-input-start', id: 'n', toolName: 'ls', kind: 'function', executedBy: 'upstream' },
      { type: 'tool-input-delta', id: 'n', delta: '{}' },
      { type: 'tool-input-end', id: 'n' },
      { type: 'tool-result', toolCallId: 'n', output: 'a', isError: false },
      ...text('t', 'Done.'),
      end(),
    ];
    expect(run(events).events).toEqual(events);
  });

  it('namespaces and custom tools - keep what their protocol needs', () => {
    const ran = run([START, ...text('t', action('open_tab', { url: 'u' }), action('apply_patch', '*** Begin')), end()]);
    expect(ran.result.content).toMatchObject([
      { toolName: 'open_tab', namespace: 'browser', kind: 'function', input: '{"url":"u"}' },
      { toolName: 'apply_patch', kind: 'custom', input: '*** Begin' },
    ]);
  });

  it('a failing turn - lets go of what was held', () => {
    const stage = createToolEmulationStage({ tools: TOOLS });
    const out: ChatEvent[] = [];
    const emit = (event: ChatEvent): void => {
      out.push(event);
    };
    for (const event of [START, ...text('t', 'A\n```json action\n{"tool"').slice(0, 2)]) stage.push(event, emit);
    stage.flush?.(emit);
    const written = out.flatMap((event) => (event.type === 'text-delta' ? [event.delta] : [])).join('');
    expect(written).toBe('A\n```json action\n{"tool"');
    expect(out.some(({ type }) => type === 'response-end')).toBe(false);
  });
});

describe('createToolEmulationStage - the end of a turn that has what it needs', () => {
  it.each<[why: string, answer: string]>([
    ['one call is enough', `${paris}\n${rome}`],
    ['the model makes up a result', `${paris}\nTool result for call_1 (get_weather):\nsunny`],
  ])('%s - the source is stopped at once, and nothing of it read after that', async (_, answer) => {
    const batches: ChatEvent[][] = [[START], text('t', ...answer), [end()], text('later', 'More.')];
    let reads = 0;
    let closes = 0;
    const source = pullStream(
      async () => batches[reads++],
      async () => {
        closes++;
      },
    );
    const stage = createToolEmulationStage({ tools: TOOLS, parallelToolCalls: false });
    const types: string[] = [];
    for await (const event of withStages(source, [stage])) types.push(event.type);
    expect(types.at(-1)).toBe('response-end');
    expect(types.filter((type) => type === 'tool-input-start')).toHaveLength(1);
    expect(types).not.toContain('text-start');
    expect(reads).toBe(2);
    expect(closes).toBeGreaterThan(0);
  });
});

describe('createToolEmulationStage - calls that only repeat what was shown', () => {
  const notes = `# Notes\n\n${paris}\nEnd.`;
  const echoed = (answer: string, options: Partial<ToolEmulationOptions> = {}): Ran =>
    run([START, ...text('t', ...(answer.match(/[\s\S]{1,9}/g) ?? [])), end()], { shown: [notes], ...options });

  it('a repetition - is text, and the turn ends as text does', () => {
    const ran = echoed(`The file says:\n\n${notes}`);
    expect(blocks(ran)).toEqual([`The file says:\n\n${notes}`]);
    expect(ran.result.finishReason).toBe('stop');
  });

  it('beside a call of its own - that one counts', () => {
    const ran = echoed(`It says:\n${paris}\nBut I ask:\n${rome}`);
    expect(blocks(ran)).toEqual([`It says:\n${paris}\nBut I ask:`, 'call_1 get_weather {"city":"Rome"}']);
    expect(ran.result.finishReason).toBe('tool-calls');
  });

  it('in the quoted form it was shown in - is text without a search', () => {
    const quoted = quoteCalls(notes);
    expect(blocks(echoed(quoted, { shown: [] }))).toEqual([quoted]);
  });

  it('the same call in other words - is one', () => {
    expect(blocks(echoed('<tool_call>{"name": "get_weather", "arguments": {"city": "Paris"}}</tool_call>'))).toEqual([
      'call_1 get_weather {"city":"Paris"}',
    ]);
  });

  it('demanded input without a name - is what was asked for, wherever it stands', () => {
    const options = { shown: ['{"city":"Paris"}'], toolChoice: { type: 'tool', toolName: 'get_weather' } } as const;
    expect(blocks(echoed('{"city":"Paris"}', options))).toEqual(['call_1 get_weather {"city":"Paris"}']);
    const named = '{"tool": "get_weather", "parameters": {"city": "Paris"}}';
    expect(blocks(echoed(named, { ...options, shown: [named] }))).toEqual([named]);
  });

  it('cut in the repetition - is text as well', () => {
    const ran = run([START, ...text('t', `${paris}\n${rome.slice(0, 60)}`), end('length')], { shown: [notes + rome] });
    expect(ran.result.content.filter(({ type }) => type === 'tool-call')).toMatchObject([{ incomplete: true }]);
  });
});

describe('createToolEmulationStage - native calls that are cut', () => {
  const cut = (input: string): ChatEvent[] => [
    { type: 'tool-input-start', id: 'n', toolName: 'get_weather', kind: 'function', executedBy: 'client' },
    ...(input === '' ? [] : [{ type: 'tool-input-delta', id: 'n', delta: input } as const]),
    { type: 'tool-input-end', id: 'n', incomplete: true },
  ];

  it('before the first argument - are not announced; in one they are shown', () => {
    for (const input of ['', '{', ' { ']) expect(blocks(run([START, ...cut(input), end('length')]))).toEqual([]);
    expect(blocks(run([START, ...cut('{"city": "Pa'), end('length')]))).toEqual(['n get_weather {"city": "Pa (cut)']);
  });
});

describe('createToolEmulationStage - a demanded call of the only tool', () => {
  it.each<[how: string, answer: string]>([
    ['bare', '{"city": "Paris"}'],
    ['in a fence', '```json\n{"city": "Paris"}\n```'],
    ['behind words', 'Sure: {"city": "Paris"}'],
    ['in a call tag', '<tool_call>{"city": "Paris"}</tool_call>'],
  ])('its input %s - is the call', (_, answer) => {
    const tools = TOOLS.filter(({ name }) => name === 'get_weather');
    const ran = run([START, ...text('t', answer), end()], { tools, toolChoice: { type: 'required' } });
    expect(blocks(ran).at(-1)).toBe('call_1 get_weather {"city":"Paris"}');
    // Where there are several, it could be anybody's.
    const many = run([START, ...text('t', answer), end()], { toolChoice: { type: 'required' } });
    expect(blocks(many)).toEqual([answer]);
  });
});
