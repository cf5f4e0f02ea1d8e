/**
 * Answers in a format: told in the prompt, checked afterwards. A schema that can't be compiled still asks for JSON and
 * is checked as that.
 */
import type { ErrorObject, ValidateFunction } from 'ajv';
import type { ResponseFormat } from '../chat/index.js';
import { JsonLimitError, type JsonObject, type JsonValue, parseJson, stringifyJson } from '../util/index.js';
import { cutText } from './cut-text.js';
import { jsonCandidates } from './json-candidates.js';

/** What the model is told; empty for plain text. `hasTools`: a call may stand in place of the answer. */
export function renderFormatContract(format: ResponseFormat, { hasTools = false } = {}): string {
  if (format.type === 'text') return '';
  const only = 'Write that JSON and nothing else: no explanation before or after it, no code fence.';
  const unless = hasTools ? ' This holds for your final answer; a tool is called in the form described above.' : '';
  if (format.type === 'json') return `Answer with one valid JSON object. ${only}${unless}`;
  return `Answer with JSON that is valid against this JSON Schema:\n${stringifyJson(format.schema)}\n${only}${unless}`;
}

export type FormatCheck =
  /** `text`: the JSON alone, as the model wrote it. */
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/** Nested deeper than any schema asks for. */
const MAX_DEPTH = 200;

/** Checks an answer; without `strict` a schema's `additionalProperties: false` does not make it fail. Never rejects. */
export async function checkFormat(text: string, format: ResponseFormat): Promise<FormatCheck> {
  if (format.type === 'text') return { ok: true, text };
  const validate = format.type === 'json' ? undefined : await compile(format);
  let worst: Problem | undefined;
  for (const candidate of jsonCandidates(text)) {
    const found = checkCandidate(candidate, format.type, validate);
    if (found === undefined) return { ok: true, text: candidate };
    // What is wrong with a piece that is JSON says more than that the whole is none.
    if (worst === undefined || (found.isJson && !worst.isJson)) worst = found;
  }
  return { ok: false, problem: worst?.problem ?? 'It is empty.' };
}

/** False: answers are checked as JSON alone, since the schema can't be compiled (a dangling reference, an unknown type). */
export async function isCheckable(format: ResponseFormat): Promise<boolean> {
  return format.type !== 'json-schema' || (await compile(format)) !== undefined;
}

/** Loaded with the first schema: most gateways never see one, and all of them start faster without. */
async function compile({
  schema,
  strict,
}: Extract<ResponseFormat, { type: 'json-schema' }>): Promise<ValidateFunction | undefined> {
  const { compileSchema } = await import('./compile-schema.js');
  // The check reckons with doubles, as the answer it is held against is read with them.
  return compileSchema(JSON.parse(JSON.stringify(schema)) as JsonObject, strict);
}

interface Problem {
  readonly problem: string;
  readonly isJson: boolean;
}

/** `undefined`: nothing is wrong. */
function checkCandidate(
  candidate: string,
  type: 'json' | 'json-schema',
  validate: ValidateFunction | undefined,
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
  try {
    if (validate === undefined || validate(value)) return undefined;
    return { problem: describeErrors(validate.errors ?? []), isJson: true };
  } catch {
    return { problem: 'It is nested too deeply.', isJson: true };
  }
}

/** What the second try is told. */
export function renderRepairInstruction(problem: string): string {
  return `That answer cannot be used. ${problem}\nAnswer again with the corrected JSON alone: no explanation, no code fence.`;
}

function describeErrors(errors: readonly ErrorObject[]): string {
  const lines = errors.slice(0, 8).map(({ instancePath, message, params }) => {
    const detail = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
    return `${instancePath === '' ? 'The whole' : instancePath} ${message ?? 'is wrong'}${detail}.`;
  });
  return `It does not fit the schema: ${cutText(lines.join(' '), 1500)}`;
}
