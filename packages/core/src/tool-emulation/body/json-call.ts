/** Calls in a JSON value, in the many shapes models and SDKs give them. */
import type { ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { type AcceptedCall, acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { parseStrict } from '../json/lenient-json.js';

/**
 * How sure the surroundings make us. `marked`: a fence or tag says "call". `plain`: any JSON could stand here, so the
 * object must say by itself that it is a call.
 */
export type Trust = 'marked' | 'plain';

const NAME_KEYS = [
  'tool',
  'tool_name',
  'toolName',
  'name',
  'function_name',
  'functionName',
  'function',
  'recipient_name',
  'action',
] as const;
const INPUT_KEYS = [
  'parameters',
  'arguments',
  'input',
  'args',
  'params',
  'tool_input',
  'toolInput',
  'action_input',
  'actionInput',
  'kwargs',
] as const;
/** Members that hold one call or a list of them. */
const LIST_KEYS = ['tool_calls', 'toolCalls', 'tool_uses', 'calls', 'tools', 'actions'] as const;
const WRAPPER_KEYS = [
  'tool_call',
  'toolCall',
  'function_call',
  'functionCall',
  'tool_use',
  'function',
  'call',
] as const;
/** The name under which models that know OpenAI's prompt bundle calls. */
export const PARALLEL = 'multi_tool_use.parallel';
const TOOL_KEY = /^tool/;
const REPORT_KEY = /result|output|response|error|content|expect|example|descri|schema|duration|time/i;
/** Wrappers inside wrappers are followed this far. */
const MAX_WRAPPERS = 2;
/** Members beside name and input that do not speak against a call. */
const META_KEYS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'index',
  'call_id',
  'callId',
  'tool_call_id',
  'toolCallId',
  'status',
  'namespace',
  'thought',
  'thoughts',
  'reasoning',
  'explanation',
  'reason',
]);

/** The calls in `value`; `undefined` when any part of it is no call of a known tool. */
export function callsInJson(value: JsonValue, index: ToolIndex, trust: Trust): readonly AcceptedCall[] | undefined {
  if (Array.isArray(value)) {
    const list = value as readonly JsonValue[];
    if (list.length === 0) return undefined;
    const calls: AcceptedCall[] = [];
    for (const item of list) {
      const found = isJsonObject(item) ? callsInJson(item, index, trust) : undefined;
      if (found === undefined) return undefined;
      calls.push(...found);
    }
    return calls;
  }
  if (!isJsonObject(value)) return undefined;
  const parallel = callsOfParallel(value, index, trust);
  if (parallel !== undefined) return parallel;
  for (const key of LIST_KEYS) {
    const list = value[key];
    if (!Array.isArray(list)) continue;
    const calls = callsInJson(list as readonly JsonValue[], index, trust);
    if (calls !== undefined) return calls;
  }
  const call = callInObject(value, index, trust, MAX_WRAPPERS);
  return call === undefined ? undefined : [call];
}

/** OpenAI's pseudo tool: several calls as the input of one. */
function callsOfParallel(value: JsonObject, index: ToolIndex, trust: Trust): readonly AcceptedCall[] | undefined {
  if (!NAME_KEYS.some((key) => value[key] === PARALLEL)) return undefined;
  for (const key of INPUT_KEYS) {
    const input = value[key];
    const uses = isJsonObject(input) ? input.tool_uses : undefined;
    if (Array.isArray(uses)) return callsInJson(uses as readonly JsonValue[], index, trust);
  }
  return undefined;
}

/** The bare input of the one tool that was forced: `{"city":"Paris"}`. */
export function argumentsOnly(value: JsonValue, index: ToolIndex): AcceptedCall | undefined {
  if (index.only === undefined || !isJsonObject(value)) return undefined;
  if (Object.keys(value).length === 0) return index.only.kind === 'custom' ? undefined : acceptCall(index.only, {});
  return acceptCall(index.only, value, { strictMembers: true });
}

function callInObject(value: JsonObject, index: ToolIndex, trust: Trust, wrappers: number): AcceptedCall | undefined {
  for (const key of NAME_KEYS) {
    const name = value[key];
    if (typeof name !== 'string') continue;
    const tool = resolve(name, value, index);
    if (tool === undefined) continue;
    const call = callOf(tool, key, value, trust);
    if (call !== undefined) return call;
  }
  for (const key of wrappers > 0 ? WRAPPER_KEYS : []) {
    const inner = value[key];
    if (!isJsonObject(inner)) continue;
    // `{"function": {…}}` without a name inside may carry it beside: `{"name": "x", "function": {"arguments": …}}`.
    const call =
      callInObject(inner, index, trust, wrappers - 1) ??
      callInObject({ ...value, ...inner, [key]: undefined }, index, trust, 0);
    if (call !== undefined) return call;
  }
  if (trust !== 'marked') return undefined;
  const lowered = wrappers > 0 ? withLowerKeys(value) : undefined;
  return callUnderItsName(value, index) ?? (lowered && callInObject(lowered, index, trust, 0));
}

/** `{"Tool": …, "Parameters": …}`; `undefined` when no key begins with a capital. */
function withLowerKeys(value: JsonObject): JsonObject | undefined {
  const keys = Object.keys(value);
  if (!keys.some((key) => /^[A-Z]/.test(key))) return undefined;
  return Object.fromEntries(keys.map((key) => [key.replace(/^[A-Z]/, (first) => first.toLowerCase()), value[key]]));
}

function resolve(name: string, value: JsonObject, index: ToolIndex): ToolDefinition | undefined {
  const { namespace } = value;
  const qualified = typeof namespace === 'string' ? index.resolve(`${namespace}.${name}`) : undefined;
  return qualified ?? index.resolve(name);
}

function callOf(tool: ToolDefinition, nameKey: string, value: JsonObject, trust: Trust): AcceptedCall | undefined {
  const rest = Object.fromEntries(
    Object.entries(value).filter(([key, member]) => key !== nameKey && member !== undefined),
  ) as JsonObject;
  for (const key of INPUT_KEYS) {
    if (!Object.hasOwn(rest, key)) continue;
    const input = rest[key];
    if (trust === 'plain' && !isPlausible(input, rest, key, tool)) {
      // With a comment beside it, `tool` and its parameters are still a call; `name` may name anything.
      const call =
        TOOL_KEY.test(nameKey) && !isReport(rest) && isJsonObject(input)
          ? acceptCall(tool, input, { strictMembers: true })
          : undefined;
      if (call !== undefined) return call;
      continue;
    }
    const call = acceptCall(tool, unwrapTwice(input));
    if (call !== undefined) return call;
  }
  // No member is the input, or what seemed to be it is one of the tool's own parameters.
  const members = Object.fromEntries(Object.entries(rest).filter(([key]) => !isMeta(key, tool))) as JsonObject;
  if (trust === 'plain') {
    // `{"tool": "get_time"}`, `{"tool": "get_time", "parameters": ""}`
    if (
      TOOL_KEY.test(nameKey) &&
      tool.kind !== 'custom' &&
      Object.entries(rest).every(([key, member]) => isEmptyInput(key, member))
    ) {
      return acceptCall(tool, {});
    }
    return tool.kind === 'custom' ? undefined : acceptCall(tool, members, { strictMembers: true });
  }
  if (INPUT_KEYS.some((key) => isJsonObject(rest[key]))) return acceptCall(tool, members, { strictMembers: true });
  return acceptCall(tool, members);
}

/** A call that is told of, with what came of it. */
function isReport(rest: JsonObject): boolean {
  return Object.keys(rest).some((key) => REPORT_KEY.test(key));
}

function isEmptyInput(key: string, member: JsonValue | undefined): boolean {
  if (!(INPUT_KEYS as readonly string[]).includes(key)) return false;
  return member === null || member === '' || (Array.isArray(member) && member.length === 0);
}

/** Ids and types beside the name are no input, unless the tool has a parameter of that name. */
function isMeta(key: string, tool: ToolDefinition): boolean {
  if (!META_KEYS.has(key)) return false;
  const { properties } = tool.inputSchema;
  return !(isJsonObject(properties) && Object.hasOwn(properties, key));
}

/** Without a mark around it, an input must look like one and little else may stand beside it. */
function isPlausible(input: JsonValue | undefined, rest: JsonObject, key: string, tool: ToolDefinition): boolean {
  const strangers = Object.keys(rest).filter((name) => name !== key && !META_KEYS.has(name));
  if (strangers.length > 0) return false;
  if (isJsonObject(input)) return true;
  if (typeof input !== 'string') return false;
  return tool.kind === 'custom' || isJsonObject(parseStrict(input.trim()));
}

/** Arguments that were made a string, and then a string again. */
function unwrapTwice(input: JsonValue | undefined): JsonValue | undefined {
  if (typeof input !== 'string' || !input.trimStart().startsWith('"')) return input;
  const inner = parseStrict(input.trim());
  return typeof inner === 'string' && inner.trimStart().startsWith('{') ? inner : input;
}

/** `{"read_file": {"path": "a"}}` */
function callUnderItsName(value: JsonObject, index: ToolIndex): AcceptedCall | undefined {
  const entries = Object.entries(value);
  const [entry] = entries;
  if (entries.length !== 1 || entry === undefined || !isJsonObject(entry[1])) return undefined;
  const tool = index.resolve(entry[0]);
  return tool === undefined ? undefined : acceptCall(tool, entry[1]);
}
