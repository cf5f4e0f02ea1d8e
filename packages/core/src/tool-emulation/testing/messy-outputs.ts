/**
 * What models write, and what must come of it. Grouped in files by form; every case says the calls expected and the
 * text that stays visible.
 */
import type { ToolChoice } from '../../chat/index.js';
import { FENCED } from './outputs/fenced.js';
import { LOOK_ALIKES } from './outputs/look-alikes.js';
import { SLIPS } from './outputs/slips.js';
import { TRAINED } from './outputs/trained.js';

export interface MessyOutput {
  readonly name: string;
  /** Lines are joined with line ends. */
  readonly output: string | readonly string[];
  readonly choice?: ToolChoice;
  /** The length limit ended the answer. */
  readonly cut?: true;
  readonly calls?: readonly (readonly [name: string, input: unknown])[];
  /** Names of calls that were begun and cut. */
  readonly partial?: readonly string[];
  /** Absent: nothing. `same`: the output, untouched. */
  readonly text?: string;
}

export const MESSY_OUTPUTS: readonly MessyOutput[] = [...FENCED, ...TRAINED, ...SLIPS, ...LOOK_ALIKES];

export function outputText({ output }: MessyOutput): string {
  return typeof output === 'string' ? output : output.join('\n');
}
