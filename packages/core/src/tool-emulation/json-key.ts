/** One text for equal JSON values: members in any order, numbers by their value. */
import { isJsonObject, type JsonValue } from '../util/index.js';
import type { WorkBudget } from './work-budget.js';

/** Units a value costs, and characters one unit is for. */
const VALUE = 8;
const CHARACTERS = 16;

/** For values whose depth is bounded already. @throws WorkLimitError */
export function jsonKey(value: JsonValue | undefined, budget: WorkBudget): string {
  if (typeof value === 'string') {
    budget.spend(VALUE + value.length / CHARACTERS);
    return JSON.stringify(value);
  }
  budget.spend(VALUE);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map((item) => jsonKey(item, budget)).join()}]`;
  if (!isJsonObject(value)) return String(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${jsonKey(key, budget)}:${jsonKey(value[key], budget)}`);
  return `{${members.join()}}`;
}
