/** How the messages of a Messages request can be read in parts: all that are in this protocol's own spelling. */
import { isJsonObject, type JsonValue } from '../../util/index.js';
import type { HistoryRules } from '../protocol.js';
import { hasOnly, isAbsent, isId } from '../request/element-kinds.js';
import { RequestWarnings } from '../request/request-warnings.js';
import type { ContentValue } from './content-schema.js';
import { parseSystem } from './parse-messages.js';

const ASKED: ReadonlySet<string> = new Set(['text', 'image', 'document', 'search_result', 'tool_result']);
const ANSWERED: ReadonlySet<string> = new Set(['text', 'thinking', 'redacted_thinking', 'tool_use']);

export const history: HistoryRules = {
  member: 'messages',
  headOf({ system, instructions }) {
    if (!isAbsent(instructions)) return undefined;
    if (isAbsent(system) || typeof system === 'string') return headText(system);
    // What is written in another way is judged by the parser.
    return Array.isArray(system) && system.every(isText) ? headText(system) : undefined;
  },
  kindOf(element) {
    if (!isJsonObject(element) || !isAbsent(element.tool_calls) || !isAbsent(element.function_call)) return undefined;
    const { role, content } = element;
    switch (role) {
      case 'system':
      case 'developer':
      case 'user':
        return hasOnly(content, ASKED) && hasIds(content, 'tool_result', 'tool_use_id') ? 'said' : undefined;
      case 'assistant':
        return hasOnly(content, ANSWERED) && hasIds(content, 'tool_use', 'id') ? 'answer' : undefined;
      default:
        return undefined;
    }
  },
};

/** Without the attribution, which differs from request to request. */
function headText(system: JsonValue | undefined): string {
  const prompt = parseSystem(system as ContentValue, 'system', new RequestWarnings());
  return prompt?.role === 'system' ? prompt.content : '';
}

const isText = (block: JsonValue): boolean =>
  isJsonObject(block) && block.type === 'text' && typeof block.text === 'string';

const hasIds = (content: unknown, type: string, member: string): boolean =>
  !Array.isArray(content) ||
  content.every((block) => !isJsonObject(block) || block.type !== type || isId(block[member]));
