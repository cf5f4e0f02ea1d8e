/**
 * What models write, whole, character by character and cut in two at every place: the calls come out, the text around them
 * stays, and the cut makes no difference.
 */
import { describe, expect, test } from 'vitest';
import { expectOutput } from './testing/expect-output.js';
import { OUTPUTS } from './testing/outputs/index.js';
import { runStage } from './testing/run-stage.js';
import { cutAt, seeded } from './testing/scan.js';

/** Longer outputs are cut at some places only. */
const CUT_EVERYWHERE = 1000;

describe.each(Object.entries(OUTPUTS))('%s', (_, table) => {
  test('titles - each stands once', () => {
    expect(table.map(({ title }) => title)).toEqual([...new Set(table.map(({ title }) => title))]);
  });

  test.each(table.map((expected) => [expected.title, expected] as const))('%s', (_title, expected) => {
    const { output } = expected;
    const seen = expectOutput(expected);
    expect(runStage(output.split(''), expected)).toEqual(seen);
    expect(runStage([output], expected, { inSlices: true })).toEqual(seen);
    const whole = JSON.stringify(seen);
    const random = seeded(output.length);
    const places =
      output.length <= CUT_EVERYWHERE
        ? Array.from({ length: Math.max(0, output.length - 1) }, (_, index) => index + 1)
        : Array.from({ length: 20 }, () => Math.floor(random() * output.length));
    for (const at of places) {
      const halves = runStage(cutAt(output, [at]), expected);
      // Comparing texts is what makes every place affordable; the other comparison then shows the difference.
      if (JSON.stringify(halves) !== whole) expect(halves).toEqual(seen);
    }
  });
});
