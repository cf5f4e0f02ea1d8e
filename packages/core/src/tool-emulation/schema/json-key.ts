/** One text for equal JSON values: members in any order, numbers by their value. */
import { isJsonObject, type JsonValue } from '../../util/index.js';
import { type WorkBudget, WorkLimitError } from './work-budget.js';

/** Units a value costs, and characters one unit is for. */
const VALUE = 16;
const CHARACTERS = 16;

/** Deeper values have no key. */
const MAX_DEPTH = 500;

/** @throws WorkLimitError for a value that is too large or too deep */
export function jsonKey(value: JsonValue | undefined, budget: WorkBudget, depth = 0): string {
  if (typeof value === 'string') {
    budget.spend(VALUE + value.length / CHARACTERS);
    return JSON.stringify(value);
  }
  budget.spend(VALUE);
  if (depth > MAX_DEPTH) throw new WorkLimitError('Nested too deeply');
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value))
    return `[${(value as readonly JsonValue[]).map((item) => jsonKey(item, budget, depth + 1)).join()}]`;
  if (!isJsonObject(value)) return String(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${jsonKey(key, budget)}:${jsonKey(value[key], budget, depth + 1)}`);
  return `{${members.join()}}`;
}
