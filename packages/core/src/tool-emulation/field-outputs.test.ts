/**
 * Outputs in the forms that public parsers document and test, whole, cut in two at every place and character by
 * character: the calls come out, the text around them stays, and the cut makes no difference.
 */
import { describe, expect, test } from 'vitest';
import type { ExpectedOutput } from './testing/corpus/expected-output.js';
import { expectOutput } from './testing/expect-output.js';
import { ACTIONS, SHAPES } from './testing/field/action-blocks.js';
import { AROUND_CALLS } from './testing/field/around-calls.js';
import { EDGE_CASES } from './testing/field/edge-cases.js';
import { OTHER_FAMILIES } from './testing/field/family-marks.js';
import { DEEPSEEK, GLM_AND_HUNYUAN, KIMI, LEAKED } from './testing/field/family-tokens.js';
import { SLIPS, TYPES } from './testing/field/json-slips.js';
import { CUT, LINES, NO_CALLS } from './testing/field/look-alikes.js';
import { CODER_FORMS, HERMES_FORMS, INVOKE_FORMS } from './testing/field/tag-forms.js';
import { runStage } from './testing/run-stage.js';
import { cutAt } from './testing/scan.js';

const TABLES: Readonly<Record<string, readonly ExpectedOutput[]>> = {
  Kimi: KIMI,
  'DeepSeek and Step': DEEPSEEK,
  'GLM, Hunyuan and MiniMax': GLM_AND_HUNYUAN,
  'forms seen leaked': LEAKED,
  'other families': OTHER_FAMILIES,
  'action blocks': ACTIONS,
  shapes: SHAPES,
  slips: SLIPS,
  types: TYPES,
  Hermes: HERMES_FORMS,
  'Qwen-Coder': CODER_FORMS,
  'invoke and tools named by tags': INVOKE_FORMS,
  lines: LINES,
  'cut off': CUT,
  'no calls': NO_CALLS,
  'around calls': AROUND_CALLS,
  'edge cases': EDGE_CASES,
};

describe.each(Object.entries(TABLES))('%s', (_, table) => {
  test.each(table.map((expected) => [expected.title, expected] as const))('%s', (_title, expected) => {
    const { output } = expected;
    const seen = expectOutput(expected);
    expect(runStage(output.split(''), expected)).toEqual(seen);
    const whole = JSON.stringify(seen);
    for (let at = 1; at < output.length; at++) {
      const halves = runStage(cutAt(output, [at]), expected);
      // Comparing texts is what makes every place affordable; the other comparison then shows the difference.
      if (JSON.stringify(halves) !== whole) expect(halves).toEqual(seen);
    }
  });
});
