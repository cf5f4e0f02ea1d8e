/** All outputs, by feature. */
import { ARGUMENTS } from './arguments.js';
import { AROUND_CALLS } from './around-calls.js';
import { BARE_JSON } from './bare-json.js';
import { CHOICE } from './choice.js';
import { CUSTOM_TOOLS } from './custom-tools.js';
import { CUT_OFF } from './cut-off.js';
import { EDGE_CASES } from './edge-cases.js';
import type { ExpectedOutput } from './expected-output.js';
import { FENCES } from './fences.js';
import { JSON_SHAPES } from './json-shapes.js';
import { JSON_SLIPS } from './json-slips.js';
import { LINES } from './lines.js';
import { LOOK_ALIKES } from './look-alikes.js';
import { NAMES } from './names.js';
import { PYTHON } from './python.js';
import { SPECIAL_TOKENS } from './special-tokens.js';
import { TAGS } from './tags.js';

export const OUTPUTS: Readonly<Record<string, readonly ExpectedOutput[]>> = {
  arguments: ARGUMENTS,
  'around calls': AROUND_CALLS,
  'bare json': BARE_JSON,
  choice: CHOICE,
  'custom tools': CUSTOM_TOOLS,
  'cut off': CUT_OFF,
  'edge cases': EDGE_CASES,
  fences: FENCES,
  'json shapes': JSON_SHAPES,
  'json slips': JSON_SLIPS,
  lines: LINES,
  'look alikes': LOOK_ALIKES,
  names: NAMES,
  python: PYTHON,
  'special tokens': SPECIAL_TOKENS,
  tags: TAGS,
};
