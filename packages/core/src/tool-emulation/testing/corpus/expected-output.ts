/** What a model wrote, and what must come of it. */
import type { ToolChoice, ToolDefinition } from '../../../chat/index.js';

export interface ExpectedOutput {
  readonly title: string;
  readonly output: string;
  /** In order: `name` or `namespace.name`, and the input; custom tools' as a string. */
  readonly calls: readonly (readonly [name: string, input: unknown])[];
  /** The visible text. Default: nothing beside calls; the output as it is when there are none. */
  readonly text?: string;
  /** Default: the tools of `tools.ts`. */
  readonly tools?: readonly ToolDefinition[];
  readonly choice?: ToolChoice;
  /** Default true. */
  readonly parallel?: boolean;
  /** The length limit ended the answer. */
  readonly isCut?: boolean;
  /** Names of calls that are shown as cut off. */
  readonly incomplete?: readonly string[];
}

/** A fence's mark: template literals cannot hold one as it is. */
export const F = '```';

/** Raw text: backslashes stay. */
export const raw = String.raw;

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
