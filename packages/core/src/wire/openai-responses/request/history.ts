/**
 * How the input of a Responses request can be read in parts: items that stand for themselves, of a response that is not kept. What is
 * kept needs its whole input, and what goes on from a kept one has a history that is not in the body.
 */
import { isJsonObject, type JsonObject } from '../../../util/index.js';
import type { ElementKind, HistoryRules } from '../../protocol.js';
import { hasOnly, isAbsent, isId, promptText } from '../../request/element-kinds.js';
import { itemType } from './parse-items.js';

const ASKED: ReadonlySet<string> = new Set(['input_text', 'input_image', 'input_file']);
const ANSWERED: ReadonlySet<string> = new Set(['output_text', 'refusal']);

export const history: HistoryRules = {
  member: 'input',
  headOf(body) {
    const { store, previous_response_id: previous, system, instructions } = body;
    if (store !== false || !isAbsent(system) || !(isAbsent(previous) || previous === '')) return undefined;
    return promptText(instructions);
  },
  kindOf(item) {
    if (!isJsonObject(item)) return undefined;
    switch (itemType(item)) {
      case 'message':
        return kindOfMessage(item);
      case 'reasoning':
        return 'answer';
      case 'function_call':
      case 'custom_tool_call':
        return isId(item.call_id) ? 'answer' : undefined;
      case 'function_call_output':
      case 'custom_tool_call_output':
        return isId(item.call_id) && hasOnly(item.output, ASKED) ? 'said' : undefined;
      default:
        return undefined;
    }
  },
};

function kindOfMessage({ role, content, tool_calls: calls, function_call: call }: JsonObject): ElementKind | undefined {
  if (!isAbsent(calls) || !isAbsent(call)) return undefined;
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return hasOnly(content, ASKED) ? 'said' : undefined;
    case 'assistant':
      return hasOnly(content, ANSWERED) ? 'answer' : undefined;
    default:
      return undefined;
  }
}
