import { isToolFormat, type ToolCall, type ToolFormat } from '../dialect/tool-format.js';
import { isJsonObject, type JsonObject } from '../json-object.js';
import type { FailureForm } from './failure.js';

/** How a scripted turn ends. */
export type ScriptedFinish = 'stop' | 'length' | 'content_filter' | 'cancelled';

/** One `@sim` directive, members as in the README's table; absent members are `undefined`. */
export interface Directive {
  readonly text?: string | undefined;
  readonly chunks?: number | undefined;
  readonly repeat?: number | undefined;
  readonly delayMs?: number | undefined;
  readonly firstDelayMs?: number | undefined;
  readonly reasoning?: string | undefined;
  readonly tools?: readonly ToolCall[] | undefined;
  readonly toolFormat?: ToolFormat | undefined;
  readonly finish?: ScriptedFinish | undefined;
  readonly usage?: { readonly input: number; readonly output: number } | undefined;
  readonly plan?: readonly PlanEntry[] | undefined;
  readonly error?: ScriptedError | undefined;
  readonly times?: number | undefined;
  readonly id?: string | undefined;
  readonly dropAfterChunks?: number | undefined;
  readonly dieAfterChunks?: number | undefined;
  readonly silence?: boolean | undefined;
  readonly overwrite?: string | undefined;
  readonly echo?: 'transcript' | 'images' | 'prompt-chars' | 'facts' | undefined;
  readonly steps?: readonly Directive[] | undefined;
}

/** One step of an agent's plan, protocol section 8.4. */
export interface PlanEntry {
  readonly content: string;
  readonly priority: string;
  readonly status: string;
}

/** The failure of a turn and how it is told. */
export interface ScriptedError {
  readonly status: number;
  readonly message: string | undefined;
  readonly afterChunks: number;
  /** Wins over the `errorForm` switch. */
  readonly form: FailureForm | undefined;
  /** Code of the JSON-RPC error; it and `data` imply the form `rpc-error`. */
  readonly code: number | undefined;
  readonly data: unknown;
  readonly members: JsonObject | undefined;
}

const MARK = '@sim ';
const MAX_DIRECTIVE_CHARS = 4 * 1024 * 1024;
/** How much may be read in search of the ends of directives: a prompt full of open ones must not hold everybody up. */
const MAX_SEARCH_CHARS = 4 * MAX_DIRECTIVE_CHARS;
/** Steps within steps mean nothing beyond the first level. */
const MAX_STEP_DEPTH = 8;
const MAX_DELAY_MS = 2 ** 31 - 1;
const ERROR_FORMS: readonly string[] = ['finish', 'chat-error', 'rpc-error'] satisfies FailureForm[];
const ECHOES = ['transcript', 'images', 'prompt-chars', 'facts'] as const;
const FINISHES: readonly string[] = ['stop', 'length', 'content_filter', 'cancelled'];

/** A directive and where it ends in its text. */
export interface FoundDirective {
  readonly directive: Directive;
  readonly end: number;
}

/** The last well-formed directive of a text: `@sim ` followed by one JSON object. */
export function findDirective(text: string): FoundDirective | undefined {
  let left = MAX_SEARCH_CHARS;
  for (let mark = text.lastIndexOf(MARK); mark !== -1; mark = mark === 0 ? -1 : text.lastIndexOf(MARK, mark - 1)) {
    const start = skipSpace(text, mark + MARK.length);
    if (text[start] !== '{') continue;
    if (left <= 0) return undefined;
    const end = objectEnd(text, start, left);
    left -= (end ?? Math.min(text.length, start + Math.min(left, MAX_DIRECTIVE_CHARS))) - start;
    if (end === undefined) continue;
    const value = tryParse(text.slice(start, end));
    if (isJsonObject(value)) return { directive: parseDirective(value), end };
  }
  return undefined;
}

/** Reads a directive out of JSON. Members of a wrong type are left out. */
export function parseDirective(value: JsonObject, depth = 0): Directive {
  const error = isJsonObject(value.error) ? value.error : undefined;
  return {
    text: asString(value.text),
    chunks: asCount(value.chunks),
    repeat: asCount(value.repeat),
    delayMs: asDelay(value.delayMs),
    firstDelayMs: asDelay(value.firstDelayMs),
    reasoning: asString(value.reasoning),
    tools: Array.isArray(value.tools) ? value.tools.flatMap(asToolCall) : undefined,
    toolFormat: isToolFormat(value.toolFormat) ? value.toolFormat : undefined,
    finish: FINISHES.includes(value.finish as string) ? (value.finish as ScriptedFinish) : undefined,
    usage: asUsage(value.usage),
    plan: Array.isArray(value.plan) ? value.plan.flatMap(asPlanEntry) : undefined,
    error: error && asError(error),
    // Both may also stand inside `error`.
    times: asCount(value.times) ?? asCount(error?.times),
    id: asString(value.id) ?? asString(error?.id),
    dropAfterChunks: asCount(value.dropAfterChunks) ?? asCount(error?.dropAfterChunks),
    dieAfterChunks: asCount(value.dieAfterChunks) ?? asCount(error?.dieAfterChunks),
    silence: value.silence === true ? true : undefined,
    overwrite: asString(value.overwrite),
    echo: asEcho(value.echo),
    steps:
      Array.isArray(value.steps) && depth < MAX_STEP_DEPTH
        ? value.steps.filter(isJsonObject).map((step) => parseDirective(step, depth + 1))
        : undefined,
  };
}

/**
 * End of the JSON object that begins at `start`, by counting braces outside of strings; undefined when there is none
 * within `maxChars`.
 */
export function objectEnd(text: string, start: number, maxChars = MAX_DIRECTIVE_CHARS): number | undefined {
  if (text[start] !== '{') return undefined;
  const limit = Math.min(text.length, start + Math.min(maxChars, MAX_DIRECTIVE_CHARS));
  let depth = 0;
  let inString = false;
  for (let i = start; i < limit; i += 1) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return undefined;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] as string)) at += 1;
  return at;
}

function tryParse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const asString = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const asCount = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : undefined;

function asDelay(value: unknown): number | undefined {
  const delay = asCount(value);
  return delay === undefined ? undefined : Math.min(delay, MAX_DELAY_MS);
}

function asError(error: JsonObject): ScriptedError {
  const code = Number.isSafeInteger(error.code) ? (error.code as number) : undefined;
  const form = ERROR_FORMS.includes(error.form as string) ? (error.form as FailureForm) : undefined;
  return {
    status: asCount(error.status) ?? 500,
    message: asString(error.message),
    afterChunks: asCount(error.afterChunks) ?? 0,
    form: form ?? (code !== undefined || error.data !== undefined ? 'rpc-error' : undefined),
    code,
    data: error.data,
    members: isJsonObject(error.members) ? error.members : undefined,
  };
}

/** A step as an object, or just its words. */
function asPlanEntry(value: unknown): PlanEntry[] {
  const entry = isJsonObject(value) ? value : { content: value };
  const content = asString(entry.content);
  if (content === undefined) return [];
  return [{ content, priority: asString(entry.priority) ?? 'medium', status: asString(entry.status) ?? 'pending' }];
}

function asToolCall(value: unknown): ToolCall[] {
  if (!isJsonObject(value) || typeof value.name !== 'string') return [];
  const input = value.input;
  return [{ name: value.name, input: typeof input === 'string' || isJsonObject(input) ? input : {} }];
}

function asUsage(value: unknown): Directive['usage'] {
  if (!isJsonObject(value)) return undefined;
  return { input: asCount(value.input) ?? 0, output: asCount(value.output) ?? 0 };
}

function asEcho(value: unknown): Directive['echo'] {
  if (value === true) return 'transcript';
  return ECHOES.find((echo) => echo === value);
}
