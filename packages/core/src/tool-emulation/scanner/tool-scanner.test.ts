import { describe, expect, it } from 'vitest';
import { MESSY_OUTPUTS, outputText } from '../testing/messy-outputs.js';
import { cutAt, type Scanned, scanPieces, seeded } from '../testing/scan.js';
import { TOOLS } from '../testing/tools.js';

const scan = (pieces: Iterable<string>, one: (typeof MESSY_OUTPUTS)[number]): Scanned =>
  scanPieces(pieces, {
    tools: TOOLS,
    ...(one.choice !== undefined && { choice: one.choice }),
    ...(one.cut !== undefined && { isCut: one.cut }),
  });

describe('ToolScanner - the table of messy outputs', () => {
  it.each(MESSY_OUTPUTS.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const output = outputText(one);
    const found = scan([output], one);
    expect(found.calls).toEqual(one.calls ?? []);
    expect(found.text).toBe(one.text === 'same' ? output : (one.text ?? ''));
    expect(found.partial).toEqual(one.partial ?? []);
  });

  it('has names that are unique', () => {
    expect(new Set(MESSY_OUTPUTS.map((one) => one.name)).size).toBe(MESSY_OUTPUTS.length);
  });
});

describe('ToolScanner - where the text is cut does not matter', () => {
  it.each(MESSY_OUTPUTS.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const output = outputText(one);
    const whole = scan([output], one);
    if (output.length < 2000) {
      for (let at = 1; at < output.length; at++) expect(scan(cutAt(output, [at]), one)).toEqual(whole);
      expect(scan(output, one)).toEqual(whole);
    }
    const random = seeded(output.length);
    for (let round = 0; round < 20; round++) {
      const positions = Array.from({ length: 8 }, () => Math.floor(random() * output.length));
      expect(scan(cutAt(output, positions), one)).toEqual(whole);
    }
  });
});
