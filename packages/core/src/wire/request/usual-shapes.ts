/**
 * Conversations in the looser shapes that clients send: one block in place of a list, an object for a text, a result that
 * does not say which call it answers, an input message without a role. All protocols' readers then see the usual ones.
 */
import { isJsonObject, type JsonObject, type JsonValue, stringifyJson } from '../../util/index.js';
import { MAX_ITEMS } from './list-schema.js';

/** The body, or a copy with what was loose in it; anything that is wrong in other ways is left for the schemas. */
export function withUsualShapes(body: JsonObject): JsonObject {
  const changed: Record<string, JsonValue> = {};
  for (const name of ['messages', 'input'] as const) {
    const list = body[name];
    const usual = Array.isArray(list)
      ? usualList(list, name === 'input')
      : isJsonObject(list)
        ? usualList([list], name === 'input')[0]
        : list;
    if (usual !== undefined && usual !== list) changed[name] = usual;
  }
  if (isJsonObject(body.system)) changed.system = usualContent(body.system);
  return Object.keys(changed).length === 0 ? body : { ...body, ...changed };
}

/** Calls of which no result has been seen yet, in their order. */
interface OpenCalls {
  readonly ids: Set<string>;
  /** Ids given so far. */
  given: number;
}

function usualList(list: readonly JsonValue[], isInput: boolean): readonly JsonValue[] {
  // Refused by the schemas.
  if (list.length > MAX_ITEMS) return list;
  const open: OpenCalls = { ids: new Set(), given: 0 };
  const usual = list.map((entry) => (isJsonObject(entry) ? usualEntry(entry, isInput, open) : entry));
  return usual.some((entry, index) => entry !== list[index]) ? usual : list;
}

function usualEntry(entry: JsonObject, isInput: boolean, open: OpenCalls): JsonObject {
  const type = typeof entry.type === 'string' ? entry.type : undefined;
  const changed: Record<string, JsonValue> = {};
  if (isAbsent(entry.role) && isInput && (type === undefined || type === 'message')) {
    if (!isAbsent(entry.content)) changed.role = 'user';
    else if (typeof entry.text === 'string') return { role: 'user', content: entry.text };
  }
  const content = isJsonObject(entry.content) ? usualContent(entry.content) : entry.content;
  const blocks = Array.isArray(content) ? usualBlocks(content, open) : content;
  if (blocks !== undefined && blocks !== entry.content) changed.content = blocks;
  if (Array.isArray(entry.tool_calls)) {
    const calls = entry.tool_calls.map((call: JsonValue) => (isJsonObject(call) ? named(call, 'id', open) : call));
    if (calls.some((call, index) => call !== (entry.tool_calls as readonly JsonValue[])[index])) {
      changed.tool_calls = calls;
    }
  }
  if (entry.role === 'tool') Object.assign(changed, answering(entry, 'tool_call_id', open));
  if (type !== undefined && isAbsent(entry.role)) {
    if (/_call_output$/.test(type)) Object.assign(changed, answering(entry, 'call_id', open));
    else if (/_call$/.test(type)) openCall(entry.call_id ?? entry.id, open);
  }
  return Object.keys(changed).length === 0 ? entry : { ...entry, ...changed };
}

/** A part stands for a list of one; any other object is data, and its text is what it says. */
function usualContent(content: JsonObject): JsonValue {
  return typeof content.type === 'string' || typeof content.text === 'string' ? [content] : stringifyJson(content);
}

function usualBlocks(blocks: readonly JsonValue[], open: OpenCalls): readonly JsonValue[] {
  // A `null` among the blocks says nothing.
  const given = blocks.includes(null) ? blocks.filter((block) => block !== null) : blocks;
  const usual = given.map((block): JsonValue => {
    if (!isJsonObject(block)) return block;
    if (block.type === 'tool_use') return named(block, 'id', open);
    if (block.type !== 'tool_result') return block;
    const changed = {
      ...answering(block, 'tool_use_id', open),
      ...(isJsonObject(block.content) && { content: usualContent(block.content) }),
    };
    return Object.keys(changed).length === 0 ? block : { ...block, ...changed };
  });
  return usual.length < blocks.length || usual.some((block, index) => block !== blocks[index]) ? usual : blocks;
}

/** A call, with an id of ours where it has none. */
function named(call: JsonObject, member: string, open: OpenCalls): JsonObject {
  if (openCall(call[member], open)) return call;
  const id = newId(open);
  open.ids.add(id);
  return { ...call, [member]: id };
}

function openCall(id: JsonValue | undefined, open: OpenCalls): boolean {
  if (typeof id !== 'string') return !isAbsent(id);
  if (id !== '') open.ids.add(id);
  return id !== '';
}

/** The id that a result lacks: that of the first call without a result, else one that no call has. */
function answering(result: JsonObject, member: string, open: OpenCalls): JsonObject {
  const id = result[member] ?? (member === 'call_id' ? result.id : undefined);
  if (!isAbsent(id) && id !== '') {
    if (typeof id === 'string') open.ids.delete(id);
    return {};
  }
  const [first = newId(open)] = open.ids;
  open.ids.delete(first);
  return { [member]: first };
}

const newId = (open: OpenCalls): string => `call_without_id_${++open.given}`;

const isAbsent = (value: JsonValue | undefined): value is null | undefined => value === undefined || value === null;
