/** What a model wrote, and what must come of it. */
import type { ToolChoice, ToolDefinition } from '../../../chat/index.js';
import { TOOLS } from '../tools.js';

export interface ExpectedOutput {
  readonly title: string;
  readonly output: string;
  /** In order: `name` or `namespace.name`, and the input; custom tools' as a string. */
  readonly calls: readonly (readonly [name: string, input: unknown])[];
  /** The visible text. Default: nothing beside calls; the output as it is when there are none. */
  readonly text?: string;
  /** The visible text with its white space around calls, where that is the point. */
  readonly exactText?: string;
  /** Default: the tools of `tools.ts`. */
  readonly tools?: readonly ToolDefinition[];
  readonly choice?: ToolChoice;
  /** Default true. */
  readonly parallel?: boolean;
  /** The length limit ended the answer. */
  readonly isCut?: boolean;
  /** Calls that are shown as cut off: their names, or name and input as far as it came. */
  readonly incomplete?: readonly string[];
}

/** The form that the prompt asks for. */
export const action = (json: string): string => `\`\`\`json action\n${json}\n\`\`\``;

export const REQUIRED: ToolChoice = { type: 'required' };

/** One of the tests' tools. */
export function offered(name: string): ToolDefinition {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool;
}

type Call = readonly [name: string, input: unknown];

/** One line of a table: the output becomes calls, and `text` stays. */
export const called = (
  title: string,
  output: string,
  calls: readonly Call[],
  more: Partial<ExpectedOutput> = {},
): ExpectedOutput => ({ title, output, calls, ...more });

/** One line of a table: the output stays as it is. */
export const stays = (title: string, output: string, more: Partial<ExpectedOutput> = {}): ExpectedOutput => ({
  title,
  output,
  calls: [],
  ...more,
});
