/**
 * The prompt contract: which tools the caller has, and how a model without native tools calls them. The form asked for
 * (a `json action` block, protocol section 9.6) is the one the scanner reads most surely; it reads many others.
 *
 * No line here may begin with `Tool result`: such lines are the results themselves.
 */
import { chosenTool, perTool, qualifiedName, type ToolChoice, type ToolDefinition } from '../../chat/index.js';
import { plainLine, quoteLines, toOneLine } from '../../util/index.js';
import { toLineJson } from '../json/line-json.js';
import { cutText } from './cut-text.js';
import { quoteCalls } from './quote-calls.js';
import { quoteResultLines } from './quote-result-lines.js';
import { renderParameters } from './render-schema.js';

export interface ToolContractOptions {
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
}

/** Characters for all descriptions together, shared out evenly; and the bounds of one. */
const DESCRIPTION_BUDGET = 80_000;
const MIN_DESCRIPTION = 300;
const MAX_DESCRIPTION = 4_000;
/** The same for all parameter lists. */
const PARAMETER_BUDGET = 120_000;
const MIN_PARAMETERS = 600;
const MAX_PARAMETERS = 12_000;
const MAX_GRAMMAR = 6_000;

interface Limits {
  readonly description: number;
  readonly parameters: number;
}

const share = (budget: number, count: number, least: number, most: number): number =>
  Math.min(most, Math.max(least, Math.floor(budget / count)));

/** Empty for choice `none` or without tools. */
export function renderToolContract(tools: readonly ToolDefinition[], options: ToolContractOptions): string {
  if (tools.length === 0 || options.toolChoice.type === 'none') return '';
  const limits: Limits = {
    description: share(DESCRIPTION_BUDGET, tools.length, MIN_DESCRIPTION, MAX_DESCRIPTION),
    parameters: share(PARAMETER_BUDGET, tools.length, MIN_PARAMETERS, MAX_PARAMETERS),
  };
  return [
    'You have tools. They are run for you by the program that you are talking to. To call one, write a fenced block ' +
      'in exactly this form:',
    '',
    '```json action',
    '{"tool": "tool_name", "parameters": {"parameter": "value"}}',
    '```',
    '',
    ...rules(options, tools).map((rule) => `- ${rule}`),
    '',
    'The tools:',
    ...tools.map((tool, index) => `\n${renderNamespace(tool, tools[index - 1], limits)}${tellTool(tool, limits)}`),
  ].join('\n');
}

function rules(
  { toolChoice, parallelToolCalls }: ToolContractOptions,
  tools: readonly ToolDefinition[],
): readonly string[] {
  return [
    'The block holds one valid JSON object: `tool` is a name from the list below, `parameters` has all its required ' +
      'parameters. Escape quotes, backslashes and line breaks inside strings.',
    ...(tools.some(({ kind }) => kind === 'custom')
      ? ['For a tool marked "free-form", `parameters` is one JSON string: the whole input as that tool takes it.']
      : []),
    parallelToolCalls
      ? 'For several calls at once write one block for each, one after the other.'
      : 'Make at most one call in an answer.',
    'After the last block stop at once and write nothing more. The result of each call is given to you in the next ' +
      'message; never make one up.',
    'Use these tools, and only these, whenever the task needs what they do (files, commands, searches, data); never ' +
      'say that you have no tools or no access.',
    ...choiceRule(toolChoice, tools),
  ];
}

function choiceRule(choice: ToolChoice, tools: readonly ToolDefinition[]): readonly string[] {
  switch (choice.type) {
    case 'tool': {
      const wanted = chosenTool(tools, choice);
      const name = toOneLine(wanted === undefined ? choice.toolName : qualifiedName(wanted));
      return [`In this answer you must call the tool \`${name}\`. Write its block and nothing else.`];
    }
    case 'required':
      return ['In this answer you must call at least one tool. Write the block and nothing else.'];
    default:
      return ['If no tool is needed, answer in plain text without any such block.'];
  }
}

/** Before the first tool of a namespace. */
function renderNamespace(tool: ToolDefinition, before: ToolDefinition | undefined, limits: Limits): string {
  const { namespace, namespaceDescription: description = '' } = tool;
  if (namespace === undefined || namespace === before?.namespace || description.trim() === '') return '';
  const text = quoteTold(cutText(description.trim(), limits.description));
  return `The tools of \`${toOneLine(namespace)}\`: ${text}\n\n`;
}

/** The text of a tool as it was told last. The limits go by the number of tools, which an agent does not change from turn to turn. */
const toldLast = perTool((): { limits?: Limits; text: string } => ({ text: '' }));

function tellTool(tool: ToolDefinition, limits: Limits): string {
  const told = toldLast(tool);
  if (told.limits?.description !== limits.description || told.limits.parameters !== limits.parameters) {
    told.text = renderTool(tool, limits);
    told.limits = limits;
  }
  return told.text;
}

function renderTool(tool: ToolDefinition, limits: Limits): string {
  const description = tool.description?.trim() ?? '';
  const lines = [`### ${toOneLine(qualifiedName(tool))}${tool.kind === 'custom' ? ' (free-form)' : ''}`];
  if (description !== '') lines.push(quoteTold(cutText(description, limits.description)));
  if (tool.kind === 'custom') {
    if (tool.grammar !== undefined) {
      lines.push(
        `Its input follows this ${toOneLine(tool.grammar.syntax)} grammar:`,
        quoteTold(cutText(tool.grammar.definition, MAX_GRAMMAR)),
      );
    }
  } else {
    const parameters = renderParameters(tool.inputSchema, limits.parameters);
    lines.push(parameters === '' ? 'No parameters: {}' : `Parameters:\n${parameters}`);
  }
  return lines.join('\n');
}

/** A tool's own words: no heading of another tool, no result, no call. */
const quoteTold = (text: string): string =>
  quoteCalls(quoteResultLines(quoteLines(text, (line) => /^\s*###\s/.test(plainLine(line)))));

/** What the second try is told, when a call was demanded or the model overlooked that it has tools. */
export function renderStricterInstruction(tools: readonly ToolDefinition[], choice: ToolChoice): string {
  const wanted = chosenTool(tools, choice);
  const names = tools.map((tool) => `\`${toOneLine(qualifiedName(tool))}\``);
  const demanded =
    wanted === undefined
      ? `You do have tools: ${cutText(names.join(', '), 2000)}. Call the one that the task needs now.`
      : `Call the tool \`${toOneLine(qualifiedName(wanted))}\` now.`;
  const isCustom = wanted?.kind === 'custom';
  return [
    `That was not what was asked for. ${demanded} Answer with nothing but this block, filled in:`,
    '',
    '```json action',
    `{"tool": ${toLineJson(wanted === undefined ? 'tool_name' : qualifiedName(wanted))}, "parameters": ${isCustom ? '"…"' : '{}'}}`,
    '```',
  ].join('\n');
}
