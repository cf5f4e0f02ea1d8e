/**
 * How models write calls: every format as a function of the calls, from the public parsers’ documentation.
 *
 * Over 250 lines: a table.
 */

export interface WrittenCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface WrittenFormat {
  readonly title: string;
  readonly write: (calls: readonly WrittenCall[]) => string;
  /** Values stand bare between tags: what reads like the closing tag cannot be told from it. */
  readonly isTagged?: true;
  /** Holds one call only. */
  readonly isSingle?: true;
  /** Nothing follows it. */
  readonly isLast?: true;
  /** Begins at the start of a line only. */
  readonly isLine?: true;
}

const F = '```';
const NS = 'antml';
const json = (value: unknown): string => JSON.stringify(value);
const pretty = (value: unknown): string => JSON.stringify(value, undefined, 2);
const bare = (value: unknown): string => (typeof value === 'string' ? value : json(value));
const each =
  (write: (call: WrittenCall, index: number) => string, between = '\n', open = '', close = '') =>
  (calls: readonly WrittenCall[]): string =>
    open + calls.map(write).join(between) + close;
const members = (call: WrittenCall, write: (key: string, value: unknown) => string): string =>
  Object.entries(call.input)
    .map(([key, value]) => write(key, value))
    .join('');

function python(value: unknown): string {
  if (value === null) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  if (typeof value !== 'object') return json(value);
  return `{${Object.entries(value as object)
    .map(([key, member]) => `${json(key)}: ${python(member)}`)
    .join(', ')}}`;
}
const expression = ({ name, input }: WrittenCall): string =>
  `${name}(${Object.entries(input)
    .map(([key, value]) => `${key}=${python(value)}`)
    .join(', ')})`;

export const WRITTEN_FORMATS: readonly WrittenFormat[] = [
  {
    title: 'json action',
    write: each(({ name, input }) => `${F}json action\n${pretty({ tool: name, parameters: input })}\n${F}`, '\n\n'),
  },
  {
    title: 'json action on one line, parameters first',
    write: each(({ name, input }) => `${F}json action\n${json({ parameters: input, tool: name })}\n${F}`),
  },
  {
    title: 'json action, several in one fence',
    write: each(({ name, input }) => json({ tool: name, parameters: input }), '\n', `${F}json action\n`, `\n${F}`),
  },
  {
    title: 'json action, an array',
    write: (calls) =>
      `${F}json action\n${pretty(calls.map(({ name, input }) => ({ tool: name, parameters: input })))}\n${F}`,
  },
  { title: 'json', write: each(({ name, input }) => `${F}json\n${pretty({ name, arguments: input })}\n${F}`) },
  {
    title: 'json with arguments as a string',
    write: each(({ name, input }) => `${F}json\n${json({ name, arguments: json(input) })}\n${F}`),
  },
  {
    title: 'json with function',
    write: each(
      ({ name, input }) =>
        `${F}json\n${pretty({ type: 'function', function: { name, arguments: json(input) } })}\n${F}`,
    ),
  },
  {
    title: 'json with tool_calls',
    write: (calls) =>
      `${F}json\n${pretty({
        tool_calls: calls.map(({ name, input }, index) => ({
          id: `call_${index}`,
          type: 'function',
          function: { name, arguments: json(input) },
        })),
      })}\n${F}`,
  },
  {
    title: 'json with an Anthropic block',
    write: each(({ name, input }) => `${F}json\n${pretty({ type: 'tool_use', id: 'toolu_1', name, input })}\n${F}`),
  },
  {
    title: 'tildes',
    isLine: true,
    write: each(({ name, input }) => `~~~json action\n${pretty({ tool: name, parameters: input })}\n~~~`),
  },
  {
    title: 'four backticks',
    write: each(({ name, input }) => `${F}\`json action\n${pretty({ tool: name, parameters: input })}\n${F}\``),
  },
  {
    title: 'tool_call fence',
    write: each(({ name, input }) => `${F}tool_call\n${json({ name, arguments: input })}\n${F}`),
  },
  {
    title: 'action fence',
    write: each(({ name, input }) => `${F}action\n${json({ tool: name, parameters: input })}\n${F}`),
  },
  {
    title: 'hash line',
    isLine: true,
    write: each(({ name, input }) => `#Tool Call\n${json({ tool: name, parameters: input })}`, '\n\n'),
  },
  {
    title: 'hash line, pretty',
    isLine: true,
    write: each(({ name, input }) => `#Tool Call\n${pretty({ name, arguments: input })}`, '\n\n'),
  },
  {
    title: 'hash line and fence',
    isLine: true,
    write: each(
      ({ name, input }) => `#Tool Call\n${F}json\n${pretty({ tool: name, parameters: input })}\n${F}`,
      '\n\n',
    ),
  },
  { title: 'tool_code', write: each((call) => `${F}tool_code\n${expression(call)}\n${F}`) },
  { title: 'tool_code, several in one fence', write: each(expression, '\n', `${F}tool_code\n`, `\n${F}`) },
  {
    title: 'tool_code printed',
    write: each((call) => `print(default_api.${expression(call)})`, '\n', `${F}tool_code\n`, `\n${F}`),
  },
  {
    title: 'Hermes',
    write: each(({ name, input }) => `<tool_call>\n${json({ name, arguments: input })}\n</tool_call>`),
  },
  {
    title: 'Hermes without line ends',
    write: each(({ name, input }) => `<tool_call>${json({ arguments: input, name })}</tool_call>`, ''),
  },
  {
    title: 'Hermes, several in one tag',
    write: each(({ name, input }) => json({ name, arguments: input }), '\n', '<tool_call>\n', '\n</tool_call>'),
  },
  {
    title: 'Qwen-Coder XML',
    isTagged: true,
    write: each(
      (call) =>
        `<tool_call>\n<function=${call.name}>\n${members(call, (key, value) => `<parameter=${key}>\n${bare(value)}\n</parameter>\n`)}</function>\n</tool_call>`,
    ),
  },
  {
    title: 'Qwen-Coder XML without tool_call',
    isTagged: true,
    write: each(
      (call) =>
        `<function=${call.name}>\n${members(call, (key, value) => `<parameter=${key}>\n${bare(value)}\n</parameter>\n`)}</function>`,
    ),
  },
  {
    title: 'Kimi K2',
    write: each(
      ({ name, input }, index) =>
        `<|tool_call_begin|>functions.${name}:${index}<|tool_call_argument_begin|>${json(input)}<|tool_call_end|>`,
      '',
      '<|tool_calls_section_begin|>',
      '<|tool_calls_section_end|>',
    ),
  },
  {
    title: 'Kimi K2 with spaces',
    write: each(
      ({ name, input }, index) =>
        `<|tool_call_begin|> functions.${name}:${index} <|tool_call_argument_begin|> ${json(input)} <|tool_call_end|>`,
      '\n',
      '<|tool_calls_section_begin|>\n',
      '\n<|tool_calls_section_end|>',
    ),
  },
  {
    title: 'DeepSeek V3',
    write: each(
      ({ name, input }) =>
        `<｜tool▁call▁begin｜>function<｜tool▁sep｜>${name}\n${F}json\n${json(input)}\n${F}<｜tool▁call▁end｜>`,
      '\n',
      '<｜tool▁calls▁begin｜>',
      '<｜tool▁calls▁end｜>',
    ),
  },
  {
    title: 'DeepSeek V3.1',
    write: each(
      ({ name, input }) => `<｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${json(input)}<｜tool▁call▁end｜>`,
      '',
      '<｜tool▁calls▁begin｜>',
      '<｜tool▁calls▁end｜>',
    ),
  },
  {
    title: 'DeepSeek V3.2',
    isTagged: true,
    write: each(
      (call) =>
        `<｜DSML｜invoke name="${call.name}">\n${members(
          call,
          (key, value) =>
            `<｜DSML｜parameter name="${key}" string="${typeof value === 'string'}">${bare(value)}</｜DSML｜parameter>\n`,
        )}</｜DSML｜invoke>`,
      '\n',
      '<｜DSML｜function_calls>\n',
      '\n</｜DSML｜function_calls>',
    ),
  },
  {
    title: 'GLM 4.5',
    isTagged: true,
    write: each(
      (call) =>
        `<tool_call>${call.name}\n${members(call, (key, value) => `<arg_key>${key}</arg_key>\n<arg_value>${bare(value)}</arg_value>\n`)}</tool_call>`,
    ),
  },
  {
    title: 'GLM 4.7, without line ends',
    isTagged: true,
    write: each(
      (call) =>
        `<tool_call>${call.name}${members(call, (key, value) => `<arg_key>${key}</arg_key><arg_value>${bare(value)}</arg_value>`)}</tool_call>`,
      '',
    ),
  },
  {
    title: 'MiniMax M1',
    write: each(({ name, input }) => json({ name, arguments: input }), '\n', '<tool_calls>\n', '\n</tool_calls>'),
  },
  {
    title: 'MiniMax M2',
    isTagged: true,
    write: each(
      (call) =>
        `<invoke name="${call.name}">\n${members(call, (key, value) => `<parameter name="${key}">${bare(value)}</parameter>\n`)}</invoke>`,
      '\n',
      '<minimax:tool_call>\n',
      '\n</minimax:tool_call>',
    ),
  },
  {
    title: 'Anthropic',
    isTagged: true,
    write: each(
      (call) =>
        `<invoke name="${call.name}">\n${members(call, (key, value) => `<parameter name="${key}">${bare(value)}</parameter>\n`)}</invoke>`,
      '\n',
      '<function_calls>\n',
      '\n</function_calls>',
    ),
  },
  {
    title: 'Anthropic with a namespace',
    isTagged: true,
    write: each(
      (call) =>
        `<${NS}:invoke name="${call.name}">\n${members(call, (key, value) => `<${NS}:parameter name="${key}">${bare(value)}</${NS}:parameter>\n`)}</${NS}:invoke>`,
      '\n',
      `<${NS}:function_calls>\n`,
      `\n</${NS}:function_calls>`,
    ),
  },
  {
    title: 'Mistral',
    write: (calls) => `[TOOL_CALLS]${json(calls.map(({ name, input }) => ({ name, arguments: input })))}`,
    isLast: true,
  },
  {
    title: 'Mistral with a space',
    write: (calls) => `[TOOL_CALLS] ${json(calls.map(({ name, input }) => ({ name, arguments: input })))}`,
    isLast: true,
  },
  { title: 'Mistral, newer', write: each(({ name, input }) => `[TOOL_CALLS]${name}[ARGS]${json(input)}`, '') },
  { title: 'Mistral, Devstral', write: each(({ name, input }) => `[TOOL_CALLS]${name}${json(input)}`, '') },
  {
    title: 'Llama 3 python tag',
    write: each(({ name, input }) => json({ name, parameters: input }), '; ', '<|python_tag|>', '<|eom_id|>'),
  },
  {
    title: 'Llama 3.1 function tag',
    write: each(({ name, input }) => `<function=${name}>${json(input)}</function>`),
  },
  { title: 'Llama 4 pythonic', write: each(expression, ', ', '<|python_start|>[', ']<|python_end|>') },
  {
    title: 'Granite',
    write: (calls) => `<|tool_call|>${json(calls.map(({ name, input }) => ({ name, arguments: input })))}`,
  },
  {
    title: 'Phi-4-mini',
    write: (calls) =>
      `<|tool_call|>${json(calls.map(({ name, input }) => ({ name, arguments: input })))}<|/tool_call|>`,
  },
  {
    title: 'Functionary',
    write: each(({ name, input }) => `<function=${name}>${json(input)}</function>`, ''),
  },
  {
    title: 'Jamba',
    write: (calls) => `<tool_calls>${json(calls.map(({ name, input }) => ({ name, arguments: input })))}</tool_calls>`,
  },
  {
    title: 'InternLM',
    isSingle: true,
    write: each(({ name, input }) => `<|action_start|><|plugin|>\n${json({ name, parameters: input })}<|action_end|>`),
  },
  {
    title: 'xLAM in a fence',
    write: (calls) => `${F}json\n${json(calls.map(({ name, input }) => ({ name, arguments: input })))}\n${F}`,
  },
  {
    title: 'Command-R',
    isLine: true,
    write: (calls) =>
      `Action: ${F}json\n${pretty(calls.map(({ name, input }) => ({ tool_name: name, parameters: input })))}\n${F}`,
  },
  {
    title: 'Cline',
    isTagged: true,
    write: each(
      (call) => `<${call.name}>\n${members(call, (key, value) => `<${key}>${bare(value)}</${key}>\n`)}</${call.name}>`,
    ),
  },
  {
    title: 'Cline MCP',
    write: each(
      ({ name, input }) =>
        `<use_mcp_tool>\n<server_name>files</server_name>\n<tool_name>${name}</tool_name>\n<arguments>\n${pretty(input)}\n</arguments>\n</use_mcp_tool>`,
    ),
  },
  {
    title: 'tool_use tag with JSON',
    write: each(({ name, input }) => `<tool_use>\n${json({ name, input })}\n</tool_use>`),
  },
  {
    title: 'tool_use tag with name and arguments',
    write: each(
      ({ name, input }) => `<tool_use>\n  <name>${name}</name>\n  <arguments>${json(input)}</arguments>\n</tool_use>`,
    ),
  },
  {
    title: 'function_call tag',
    write: each(({ name, input }) => `<function_call>\n${json({ name, arguments: input })}\n</function_call>`),
  },
];
