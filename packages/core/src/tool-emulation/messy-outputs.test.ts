/** What models write, in every format we know of and bent in every way we have seen: calls come out, all else stays. */
import { describe, expect, test } from 'vitest';
import { HASH_LINES, TOOL_CODE } from './testing/corpus/code-outputs.js';
import { ELEMENTS } from './testing/corpus/element-outputs.js';
import type { ExpectedOutput } from './testing/corpus/expected-output.js';
import { FENCE_LOOK_ALIKES, FENCES } from './testing/corpus/fence-outputs.js';
import { FORMAT_PAYLOADS } from './testing/corpus/format-payloads.js';
import { BARE_JSON, JSON_SHAPES, JSON_SLIPS } from './testing/corpus/json-outputs.js';
import { LOOK_ALIKES } from './testing/corpus/look-alike-outputs.js';
import { ARGUMENTS, CHOICE_AND_NUMBER, CUSTOM_TOOLS, CUT_OFF, NAMES } from './testing/corpus/policy-outputs.js';
import { QWEN_CODER } from './testing/corpus/qwen-coder-outputs.js';
import { HERMES } from './testing/corpus/tag-outputs.js';
import { SPECIAL_TOKENS } from './testing/corpus/token-outputs.js';
import { WRITTEN_FORMATS, type WrittenFormat } from './testing/corpus/written-formats.js';
import { expectOutput } from './testing/expect-output.js';
import { runStage } from './testing/run-stage.js';
import { cutAt, seeded } from './testing/scan.js';

const TABLES: Readonly<Record<string, readonly ExpectedOutput[]>> = {
  'slips in JSON': JSON_SLIPS,
  'shapes of JSON': JSON_SHAPES,
  'JSON without a mark': BARE_JSON,
  fences: FENCES,
  'fences that are no calls': FENCE_LOOK_ALIKES,
  tool_code: TOOL_CODE,
  '#Tool Call': HASH_LINES,
  Hermes: HERMES,
  'Qwen-Coder': QWEN_CODER,
  'special tokens': SPECIAL_TOKENS,
  elements: ELEMENTS,
  names: NAMES,
  arguments: ARGUMENTS,
  'custom tools': CUSTOM_TOOLS,
  'choice and number': CHOICE_AND_NUMBER,
  'cut off': CUT_OFF,
  'look-alikes': LOOK_ALIKES,
};

function check(expected: ExpectedOutput): void {
  const { output } = expected;
  const seen = expectOutput(expected);

  const random = seeded(output.length);
  const cut = (count: number): string[] =>
    cutAt(
      output,
      Array.from({ length: count }, () => Math.floor(random() * output.length)),
    );
  for (const pieces of [output.split(''), cut(1), cut(3), cut(9), cut(27)]) {
    expect(runStage(pieces, expected)).toEqual(seen);
  }
}

describe.each(Object.entries(TABLES))('%s', (_, table) => {
  test.each(table.map((expected) => [expected.title, expected] as const))('%s', (_title, expected) => check(expected));
});

describe.each(WRITTEN_FORMATS.map((format) => [format.title, format] as const))('%s', (_, format) => {
  test.each(payloadsOf(format).map((payload) => [payload.title, payload.calls] as const))('%s', (_title, written) => {
    const block = format.write(written);
    const calls = written.map(({ name, input }) => [name, input] as const);
    check({ title: 'alone', output: block, calls });
    if (format.isLine !== true) check({ title: 'glued', output: `Ok. ${block}`, calls, text: 'Ok.' });
    if (format.isLast !== true) {
      check({ title: 'in prose', output: `Let's see.\n\n${block}\n\nDone.`, calls, text: "Let's see. Done." });
    }
  });
});

function payloadsOf({ isSingle, isTagged }: WrittenFormat): typeof FORMAT_PAYLOADS {
  return FORMAT_PAYLOADS.filter(
    ({ calls, closesTags }) => !(isSingle === true && calls.length > 1) && !(isTagged === true && closesTags === true),
  );
}
