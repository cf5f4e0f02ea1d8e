/** How a chat completion's messages can be read in parts: all that are nobody else's spelling and say by ids what belongs together. */
import { isJsonObject, type JsonObject } from '../../util/index.js';
import type { ElementKind, HistoryRules } from '../protocol.js';
import { hasOnly, isAbsent, isId, promptText } from '../request/element-kinds.js';
import { PART_SCHEMAS } from './message-schema.js';

const ASKED: ReadonlySet<string> = new Set(Object.keys(PART_SCHEMAS));
const ANSWERED: ReadonlySet<string> = new Set(['text', 'refusal']);

export const history: HistoryRules = {
  member: 'messages',
  headOf({ system, instructions }) {
    const texts = [promptText(system), promptText(instructions)];
    return texts.includes(undefined) ? undefined : JSON.stringify(texts);
  },
  kindOf(element) {
    if (!isJsonObject(element)) return undefined;
    switch (element.role) {
      case 'system':
      case 'developer':
      case 'user':
        return hasOnly(element.content, ASKED) ? 'said' : undefined;
      case 'tool':
        return isId(element.tool_call_id) && hasOnly(element.content, ASKED) ? 'said' : undefined;
      case 'assistant':
        return kindOfAnswer(element);
      default:
        return undefined;
    }
  },
};

function kindOfAnswer({ content, tool_calls: calls, function_call: call }: JsonObject): ElementKind | undefined {
  const hasIds =
    isAbsent(calls) || (Array.isArray(calls) && calls.every((each) => isJsonObject(each) && isId(each.id)));
  return hasIds && isAbsent(call) && hasOnly(content, ANSWERED) ? 'answer' : undefined;
}
