/** Calls in every format we know of, with everything that a format must carry unharmed: alone, in prose and glued to it, in pieces. */
import { describe, expect, test } from 'vitest';
import { expectOutput } from './testing/expect-output.js';
import { FORMAT_PAYLOADS } from './testing/formats/format-payloads.js';
import { WRITTEN_FORMATS, type WrittenFormat } from './testing/formats/written-formats.js';
import type { ExpectedOutput } from './testing/outputs/expected-output.js';
import { runStage } from './testing/run-stage.js';
import { cutAt, seeded } from './testing/scan.js';

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
