/**
 * Answers in a format: told in the prompt, checked afterwards. A schema that can't be compiled still asks for JSON and
 * is checked as that.
 */
import type { ResponseFormat } from '../chat/index.js';
import { JsonLimitError, type JsonValue, parseJson, sleep } from '../util/index.js';
import type { SchemaProblem } from './check-schema.js';
import { type CompiledSchema, compileSchema } from './compile-schema.js';
import { cutText } from './cut-text.js';
import { jsonCandidates } from './json-candidates.js';
import { toLineJson } from './line-json.js';

/** What the model is told; empty for plain text. `hasTools`: a call may stand in place of the answer. */
export function renderFormatContract(format: ResponseFormat, { hasTools = false } = {}): string {
  if (format.type === 'text') return '';
  const only = 'Write that JSON and nothing else: no explanation before or after it, no code fence.';
  const unless = hasTools ? ' This holds for your final answer; a tool is called in the form described above.' : '';
  if (format.type === 'json') return `Answer with one valid JSON object. ${only}${unless}`;
  return `Answer with JSON that is valid against this JSON Schema:\n${toLineJson(format.schema)}\n${only}${unless}`;
}

export type FormatCheck =
  /** `text`: the JSON alone, as the model wrote it. */
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/** Nested deeper than any schema asks for. */
const MAX_DEPTH = 200;

/** Pieces of an answer that are tried, and how long they may be without letting others have their turn. */
const MAX_CANDIDATES = 100;
const HOLD_MS = 20;

/** Checks an answer; without `strict` a schema's `additionalProperties: false` does not make it fail. Never rejects. */
export async function checkFormat(text: string, format: ResponseFormat): Promise<FormatCheck> {
  if (format.type === 'text') return { ok: true, text };
  const schema = format.type === 'json' ? undefined : compileSchema(format.schema, format.strict);
  let worst: Problem | undefined;
  let heldSince = performance.now();
  for (const candidate of jsonCandidates(text).slice(0, MAX_CANDIDATES)) {
    if (performance.now() - heldSince > HOLD_MS) {
      await sleep(0);
      heldSince = performance.now();
    }
    const found = checkCandidate(candidate, format.type, schema);
    if (found === undefined) return { ok: true, text: candidate };
    // What is wrong with a piece that is JSON says more than that the whole is none.
    if (worst === undefined || (found.isJson && !worst.isJson)) worst = found;
  }
  return { ok: false, problem: worst?.problem ?? 'It is empty.' };
}

/** Why answers are checked as JSON alone, fit for the caller; `undefined` when nothing stands in the way. */
export function schemaProblem(format: ResponseFormat): string | undefined {
  if (format.type !== 'json-schema') return undefined;
  const schema = compileSchema(format.schema, format.strict);
  if (schema.ok) return undefined;
  if (schema.reason === 'invalid') return 'The schema of the answer is no valid JSON Schema';
  return 'The schema of the answer is too large to be checked';
}

interface Problem {
  readonly problem: string;
  readonly isJson: boolean;
}

/** `undefined`: nothing is wrong. */
function checkCandidate(
  candidate: string,
  type: 'json' | 'json-schema',
  schema: CompiledSchema | undefined,
): Problem | undefined {
  let value: JsonValue;
  try {
    value = parseJson(candidate, MAX_DEPTH);
  } catch (error) {
    const detail =
      error instanceof SyntaxError || error instanceof JsonLimitError ? `: ${cutText(error.message, 200)}` : '';
    return { problem: `It is not valid JSON${detail}`, isJson: false };
  }
  if (type === 'json') {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? undefined : { problem: 'It is not a JSON object.', isJson: true };
  }
  const problems = schema?.ok === true ? schema.check(value) : undefined;
  // What takes too long to find out is not held against the answer.
  return problems === undefined || problems.length === 0
    ? undefined
    : { problem: describeProblems(problems), isJson: true };
}

/** What the second try is told. */
export function renderRepairInstruction(problem: string): string {
  return `That answer cannot be used. ${problem}\nAnswer again with the corrected JSON alone: no explanation, no code fence.`;
}

function describeProblems(problems: readonly SchemaProblem[]): string {
  const lines = problems.map(({ path, message }) => `${path === '' ? 'The whole' : cutText(path, 200)} ${message}.`);
  return `It does not fit the schema: ${cutText(lines.join(' '), 1500)}`;
}
