/** JSON values compared as they are written. */
import { ExactNumber } from './exact-number.js';

type Members = Readonly<Record<string, unknown>>;

/** Whether both are written as the same JSON, the order of members included. As deep as they are nested on the stack. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (one instanceof ExactNumber || other instanceof ExactNumber) {
    return one instanceof ExactNumber && other instanceof ExactNumber && String(one) === String(other);
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return (
    names.length === others.length &&
    names.every((name, at) => name === others[at] && isSameJson((one as Members)[name], (other as Members)[name]))
  );
}
