import type { JsonObject } from '../json-object.js';

/**
 * How models write tool calls into their answer when nobody gives them a wire format of their own. The first four are the
 * forms gateways ask for (protocol section 9.6), the rest are the chat templates the models were trained on.
 */

/** One scripted call; a string is the input of a free-form (custom) tool. */
export interface ToolCall {
  readonly name: string;
  readonly input: JsonObject | string;
}

/** Formats written into the text, and `native`: Lingma's own tool events. */
export const TOOL_FORMATS = [
  'action',
  'tool_code',
  'hash',
  'json',
  'native',
  'qwen-xml',
  'hermes',
  'kimi',
  'glm',
  'minimax',
  'deepseek',
] as const;
/** A way in which a model writes calls of tools. */
export type ToolFormat = (typeof TOOL_FORMATS)[number];
export type TextToolFormat = Exclude<ToolFormat, 'native'>;

/** True for the name of a format. */
export function isToolFormat(value: unknown): value is ToolFormat {
  return (TOOL_FORMATS as readonly unknown[]).includes(value);
}

/** The calls as the model writes them, one text for all. */
export function renderToolCalls(calls: readonly ToolCall[], format: TextToolFormat): string {
  return RENDERERS[format](calls);
}

type Renderer = (calls: readonly ToolCall[]) => string;

/** A format that writes each call on its own. */
const each =
  (render: (call: ToolCall) => string, separator = '\n'): Renderer =>
  (calls) =>
    calls.map(render).join(separator);

/** A format with a section around all calls. */
const section =
  (open: string, render: (call: ToolCall, index: number) => string, close: string, separator = ''): Renderer =>
  (calls) =>
    `${open}${calls.map(render).join(separator)}${close}`;

const fence = (info: string, body: string): string => `\`\`\`${info}\n${body}\n\`\`\``;

const RENDERERS: Record<TextToolFormat, Renderer> = {
  action: each(({ name, input }) =>
    fence('json action', JSON.stringify({ tool: name, parameters: input }, undefined, 2)),
  ),
  json: each(({ name, input }) =>
    fence('json', JSON.stringify(typeof input === 'string' ? { name, parameters: input } : { name, arguments: input })),
  ),
  hash: each(({ name, input }) => `#Tool Call\n${JSON.stringify({ tool: name, parameters: input })}`, '\n\n'),
  tool_code: each(({ name, input }) => fence('tool_code', `${name}(${callArguments(input)})`)),
  hermes: each(({ name, input }) => `<tool_call>\n${JSON.stringify({ name, arguments: input })}\n</tool_call>`),
  'qwen-xml': each(({ name, input }) => {
    const parameters = members(input).map(([key, value]) => `<parameter=${key}>\n${plain(value)}\n</parameter>\n`);
    return `<tool_call>\n<function=${name}>\n${parameters.join('')}</function>\n</tool_call>`;
  }),
  glm: each(({ name, input }) => {
    const pairs = members(input).map(
      ([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${plain(value)}</arg_value>\n`,
    );
    return `<tool_call>${name}\n${pairs.join('')}</tool_call>`;
  }),
  minimax: section(
    '<minimax:tool_call>\n',
    ({ name, input }) => {
      const parameters = members(input).map(([key, value]) => `<parameter name="${key}">${plain(value)}</parameter>\n`);
      return `<invoke name="${name}">\n${parameters.join('')}</invoke>\n`;
    },
    '</minimax:tool_call>',
  ),
  kimi: section(
    '<|tool_calls_section_begin|>',
    ({ name, input }, index) =>
      `<|tool_call_begin|>functions.${name}:${index}<|tool_call_argument_begin|>${JSON.stringify(input)}<|tool_call_end|>`,
    '<|tool_calls_section_end|>',
  ),
  // Full-width bars and U+2581, as in the model's own special tokens.
  deepseek: section(
    '<｜tool▁calls▁begin｜>',
    ({ name, input }) => `<｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${JSON.stringify(input)}<｜tool▁call▁end｜>`,
    '<｜tool▁calls▁end｜>',
  ),
};

/** Members of an input; free-form text becomes one member `input`. */
function members(input: JsonObject | string): [string, unknown][] {
  return typeof input === 'string' ? [['input', input]] : Object.entries(input);
}

/** Tagged formats write strings bare and everything else as JSON. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function callArguments(input: JsonObject | string): string {
  if (typeof input === 'string') return JSON.stringify(input);
  return Object.entries(input)
    .map(([key, value]) => `${key}=${pythonLiteral(value)}`)
    .join(', ');
}

/** `tool_code` is a Python call expression, so its literals are Python's. */
function pythonLiteral(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${pythonLiteral(member)}`);
  return `{${pairs.join(', ')}}`;
}
