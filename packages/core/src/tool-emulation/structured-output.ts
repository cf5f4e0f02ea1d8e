/**
 * Answers in a format: told in the prompt, checked afterwards. A schema that ajv cannot compile (an unknown dialect, a
 * dangling reference) still asks for JSON and is checked as that.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ResponseFormat } from '../chat/index.js';
import type { JsonObject } from '../util/index.js';
import { cutText } from './cut-text.js';

/** What the model is told; empty for plain text. */
export function renderFormatContract(format: ResponseFormat): string {
  if (format.type === 'text') return '';
  const only = 'Write that JSON and nothing else: no explanation before or after it, no code fence.';
  if (format.type === 'json') return `Answer with one valid JSON object. ${only}`;
  return `Answer with JSON that is valid against this JSON Schema:\n${JSON.stringify(format.schema)}\n${only}`;
}

export type FormatCheck =
  /** `text`: the JSON alone, as the model wrote it. */
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

/** Checks an answer; without `strict` a schema's `additionalProperties: false` does not make it fail. */
export function checkFormat(text: string, format: ResponseFormat): FormatCheck {
  if (format.type === 'text') return { ok: true, text };
  let problem = 'It is not JSON.';
  for (const candidate of candidates(text)) {
    let value: unknown;
    try {
      value = JSON.parse(candidate);
    } catch (error) {
      problem = `It is not valid JSON: ${error instanceof Error ? cutText(error.message, 200) : ''}`;
      continue;
    }
    if (format.type === 'json') {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ok: true, text: candidate };
      problem = 'It is not a JSON object.';
      continue;
    }
    const validate = compile(format.schema);
    if (validate === undefined || validate(value)) return { ok: true, text: candidate };
    const errors = (validate.errors ?? []).filter((error) => format.strict || error.keyword !== 'additionalProperties');
    if (errors.length === 0) return { ok: true, text: candidate };
    problem = describeErrors(errors);
  }
  return { ok: false, problem };
}

/** What the second try is told. */
export function renderRepairInstruction(problem: string): string {
  return `That answer cannot be used. ${problem}\nAnswer again with the corrected JSON alone: no explanation, no code fence.`;
}

/** The whole answer, what stands in its code fences, and the widest piece in brackets; the likeliest first. */
function candidates(text: string): readonly string[] {
  const whole = text.trim();
  const fenced = [...whole.matchAll(/(?:^|\n)(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n[^\S\n]*\1/g)].map(
    (match) => match[2] ?? '',
  );
  const start = whole.search(/[[{]/);
  const end = Math.max(whole.lastIndexOf('}'), whole.lastIndexOf(']'));
  const inner = start === -1 || end < start ? [] : [whole.slice(start, end + 1)];
  return [...new Set([whole, ...fenced.map((piece) => piece.trim()).reverse(), ...inner])].filter(
    (piece) => piece !== '',
  );
}

const compiled = new WeakMap<JsonObject, { readonly validate: ValidateFunction | undefined }>();

function compile(schema: JsonObject): ValidateFunction | undefined {
  const known = compiled.get(schema);
  if (known !== undefined) return known.validate;
  const validate = tryCompile(schema);
  compiled.set(schema, { validate });
  return validate;
}

function tryCompile(schema: JsonObject): ValidateFunction | undefined {
  const options = {
    strict: false,
    validateFormats: false,
    allErrors: true,
    addUsedSchema: false,
    logger: false,
  } as const;
  // Ids are the caller's and may be anything; without them two requests never meet.
  const { $schema: dialect, $id: _id, ...rest } = schema;
  const modern = typeof dialect === 'string' && /2019-09|2020-12/.test(dialect);
  try {
    return (modern || '$defs' in rest ? new Ajv2020(options) : new Ajv(options)).compile(rest);
  } catch {
    return undefined;
  }
}

function describeErrors(errors: readonly ErrorObject[]): string {
  const lines = errors.slice(0, 8).map(({ instancePath, message, params }) => {
    const detail = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
    return `${instancePath === '' ? 'The whole' : instancePath} ${message ?? 'is wrong'}${detail}.`;
  });
  return `It does not fit the schema: ${cutText(lines.join(' '), 1500)}`;
}
