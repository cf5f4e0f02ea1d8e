/** The words for how much to think, the same in all three protocols. */
import type { ReasoningOptions } from '../chat/index.js';
import type { RequestWarnings } from './request-warnings.js';

type Effort = NonNullable<ReasoningOptions['effort']>;

const EFFORTS: ReadonlySet<string> = new Set<Effort>(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);

/** `undefined` for none given and, with a warning, for a word that is not known. */
export function parseEffort(value: unknown, path: string, warnings: RequestWarnings): Effort | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && EFFORTS.has(value)) return value as Effort;
  warnings.add('unsupported-setting', path, `Unknown effort '${String(value)}', ignored`);
  return undefined;
}
