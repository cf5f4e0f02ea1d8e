/** An output as a whole, held against what is expected of it. */
import { expect } from 'vitest';
import type { ExpectedOutput } from './outputs/expected-output.js';
import { runStage } from './run-stage.js';

/** How much white space stands around a call is not the point here. */
const collapse = (text: string): string => text.replace(/[\s\uFEFF]+/g, ' ').trim();

/** Returns what was seen, so that it can be compared with what the same output in pieces gives. */
export function expectOutput(expected: ExpectedOutput): ReturnType<typeof runStage> {
  const { output, calls, incomplete = [] } = expected;
  const seen = runStage([output], expected);
  expect(seen.calls).toEqual(calls);
  expect(seen.incomplete).toEqual(incomplete.map((one) => one.split(' ', 1)[0]));
  for (const one of incomplete) if (one.includes(' ')) expect(seen.order).toContain(`<${one}>`);
  const hasCalls = calls.length > 0 || incomplete.length > 0;
  if (expected.exactText !== undefined) expect(seen.text).toBe(expected.exactText);
  else if (hasCalls) expect(collapse(seen.text)).toBe(collapse(expected.text ?? ''));
  else expect(seen.text).toBe(expected.text ?? output);
  expect(seen.finishReason).toBe(expected.isCut === true ? 'length' : calls.length > 0 ? 'tool-calls' : 'stop');
  return seen;
}
