/** Settings under the names that another protocol has for them: what one route understands, all do. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';

type Body = Readonly<Record<string, unknown>>;

/** The first that is there and not `null`. */
export function firstGiven(...values: readonly unknown[]): unknown {
  return values.find((value) => value !== undefined && value !== null);
}

const member = (value: unknown, name: string): unknown => (isJsonObject(value) ? value[name] : undefined);

/**
 * `body` with the members that are absent taken from elsewhere in it. What stands elsewhere in another type is left
 * alone.
 */
export function withForeignSettings(
  body: JsonObject,
  found: Readonly<Record<string, JsonValue | undefined>>,
): JsonObject {
  let settled = body;
  for (const name in found) {
    const value = found[name];
    if (value === undefined || (body[name] !== undefined && body[name] !== null)) continue;
    settled = { ...settled, [name]: value };
  }
  return settled;
}

/** A limit in tokens, by the names that stand for one in the other protocols. */
export function foreignLimit(body: Body, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = body[name];
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  }
  return undefined;
}

/** Stop sequences as a list, from a list of texts or from one. */
export function foreignStop(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) && value.length <= MAX_STOP && value.every((word) => typeof word === 'string')
    ? (value as readonly string[])
    : undefined;
}

/** Each is searched for in the answer. */
const MAX_STOP = 100;

/** `reasoning_effort`, `reasoning.effort`, `output_config.effort`. */
export function foreignEffort(body: Body): string | undefined {
  const value = [body.reasoning_effort, member(body.reasoning, 'effort'), member(body.output_config, 'effort')].find(
    (effort) => typeof effort === 'string' && effort !== '',
  );
  return value as string | undefined;
}

/** `response_format`, `text.format`, `output_config.format`, `output_format`: as their protocol writes it, and where. */
export function foreignFormat(body: Body, names: readonly string[]): { format: JsonObject; path: string } | undefined {
  for (const path of names) {
    const [outer = '', inner] = path.split('.');
    const format = inner === undefined ? body[outer] : member(body[outer], inner);
    if (isJsonObject(format) && typeof format.type === 'string') return { format, path };
  }
  return undefined;
}

/** The members of a JSON Schema format, which stand in a member of their own in chat completions. */
export function formatMembers(format: JsonObject): JsonObject {
  return isJsonObject(format.json_schema) ? format.json_schema : format;
}

export interface ThinkingSwitch {
  /** Absent: nothing was said. */
  readonly isOn?: boolean;
  /** In tokens. */
  readonly budget?: number;
}

const NOTHING_SAID: ThinkingSwitch = {};
/** Where {@link thinkingSwitch} looks; nearly no request has any. */
const THINKING = ['thinking', 'enable_thinking', 'thinking_budget', 'chat_template_kwargs', 'extra_body'] as const;

/**
 * Whether the model is to think, as clients of Qwen's servers say it: `enable_thinking` and `thinking_budget` in the body,
 * or as arguments of the chat template; `extra_body` is what remains of SDKs' options in programs without one. And as
 * Anthropic's say it: `thinking`.
 */
export function thinkingSwitch(body: Body): ThinkingSwitch {
  if (THINKING.every((name) => body[name] === undefined)) return NOTHING_SAID;
  const places = [body, body.chat_template_kwargs, body.extra_body, member(body.extra_body, 'chat_template_kwargs')];
  const given = (name: string): unknown => firstGiven(...places.map((place) => member(place, name)));
  const enabled = firstGiven(given('enable_thinking'), given('thinking'));
  const budget = firstGiven(given('thinking_budget'), member(body.thinking, 'budget_tokens'));
  const type = member(body.thinking, 'type');
  const isOn =
    typeof enabled === 'boolean'
      ? enabled
      : typeof type === 'string'
        ? type !== 'disabled'
        : budget === 0
          ? false
          : undefined;
  return {
    ...(isOn !== undefined && { isOn }),
    ...(typeof budget === 'number' && budget > 0 && { budget }),
  };
}
