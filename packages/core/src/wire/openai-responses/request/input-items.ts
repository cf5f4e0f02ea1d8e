/** Input items with ids and in their full spelling, and the list of them that `GET …/input_items` answers with. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import { invalidRequest } from '../../request/parse-schema.js';
import { INPUT_ITEM_OFFSET, type ItemPrefix, itemId } from '../response/output-items.js';
import { itemType } from './parse-items.js';

const PREFIX: Readonly<Record<string, ItemPrefix>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fco',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'cto',
  local_shell_call: 'lsh',
  shell_call: 'sh',
  apply_patch_call: 'apc',
};

/** Item types whose full form has a status. */
const WITH_STATUS = new Set([
  'message',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
  'local_shell_call',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
]);

/** Items as they are kept: an id each (the client's own, else one that follows from the response's), content as parts. */
export function completeInputItems(items: readonly JsonObject[], responseId: string): JsonObject[] {
  return items.map((item, index) => {
    const type = itemType(item);
    const given = typeof item.id === 'string' && item.id !== '' ? item.id : undefined;
    // Not a literal that begins with the item: each would be of a hidden class of its own.
    return Object.assign(
      {},
      item,
      { id: given ?? itemId(PREFIX[type] ?? 'item', responseId, INPUT_ITEM_OFFSET + index), type },
      WITH_STATUS.has(type) ? { status: typeof item.status === 'string' ? item.status : 'completed' } : undefined,
      type === 'message' ? { content: completeContent(item.content, item.role) } : undefined,
    );
  });
}

function completeContent(content: JsonValue | undefined, role: JsonValue | undefined): JsonValue {
  const output = role === 'assistant';
  const text = (value: string): JsonObject =>
    output ? { type: 'output_text', text: value, annotations: [], logprobs: [] } : { type: 'input_text', text: value };
  if (typeof content === 'string') return [text(content)];
  if (!Array.isArray(content)) return [];
  return content.map((part: JsonValue): JsonValue => {
    if (typeof part === 'string') return text(part);
    if (!isJsonObject(part)) return part;
    if (part.type === 'output_text') return { annotations: [], logprobs: [], ...part };
    return part.type === 'input_image' ? { detail: 'auto', ...part } : part;
  });
}

export interface InputItemsQuery {
  /** Default `desc`: newest first. */
  readonly order: 'asc' | 'desc';
  /** 1–100, default 20. */
  readonly limit: number;
  /** Item id to go on after, in the order asked for. */
  readonly after?: string;
}

/** @throws GatewayError `invalid_request` */
export function parseInputItemsQuery(query: URLSearchParams): InputItemsQuery {
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') {
    throw invalidRequest('order', `Invalid value: '${order}'. Supported values are: 'asc' and 'desc'.`);
  }
  const limit = Number(query.get('limit') ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidRequest('limit', 'Invalid value: limit must be an integer from 1 to 100.');
  }
  const after = query.get('after');
  return { order, limit, ...(after !== null && after !== '' && { after }) };
}

/** @throws GatewayError `invalid_request` when `after` names no item of the list */
export function inputItemsPage(items: readonly JsonObject[], query: InputItemsQuery): JsonObject {
  const ordered = query.order === 'asc' ? items : [...items].reverse();
  let start = 0;
  if (query.after !== undefined) {
    start = ordered.findIndex((item) => item.id === query.after) + 1;
    if (start === 0) throw invalidRequest('after', `No item with id '${query.after}' found.`);
  }
  const data = ordered.slice(start, start + query.limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? '',
    last_id: data.at(-1)?.id ?? '',
    has_more: start + data.length < ordered.length,
  };
}
