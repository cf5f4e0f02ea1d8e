/** The words for how much to think, the same in all three protocols. */
import type { ReasoningOptions } from '../../chat/index.js';
import { wordOf } from './parse-schema.js';
import type { RequestWarnings } from './request-warnings.js';

type Effort = NonNullable<ReasoningOptions['effort']>;

const EFFORTS: ReadonlySet<string> = new Set<Effort>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** `undefined` for none given and, with a warning, for a word that is not known. */
export function parseEffort(value: unknown, path: string, warnings: RequestWarnings): Effort | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && EFFORTS.has(value)) return value as Effort;
  warnings.add('unsupported-setting', path, `Unknown effort '${wordOf(value)}', ignored`);
  return undefined;
}

/** A budget in tokens as the effort it is worth: 1024 is the least Anthropic's API takes, from 16k on its guide says "complex". */
export function effortOf(budget: number | null | undefined): Effort | undefined {
  if (budget === null || budget === undefined) return undefined;
  if (budget <= 2048) return 'low';
  return budget < 16_000 ? 'medium' : 'high';
}
