/** Reads `session/update` params (protocol section 8.4) and what standard ACP agents send instead. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import { stringOf } from '../../protocol/turn-end.js';
import type { CallSighting } from '../../turn/native-tools/native-tool-calls.js';

/** Text of a content part, of an array of such, or of a bare string. Other kinds of parts are no text. */
export function contentText(content: JsonValue | undefined): string {
  if (typeof content === 'string') return content;
  if (isJsonObject(content)) {
    if (typeof content.text === 'string') return content.text;
    return isJsonObject(content.content) ? contentText(content.content) : '';
  }
  return Array.isArray(content) ? content.map(contentText).join('') : '';
}

/** A `tool_call`, a `tool_call_update`, or the `toolCall` of a permission request (section 8.5). */
export function toolSighting(call: JsonObject, complete: boolean): CallSighting {
  const meta = isJsonObject(call._meta) ? call._meta : {};
  const id = stringOf(call.toolCallId) ?? stringOf(call.callId) ?? stringOf(call.id);
  const name = stringOf(meta['ai-coding/tool-name']) ?? stringOf(call.toolName) ?? stringOf(call.title);
  const input = call.rawInput ?? call.parameters ?? call.input;
  return {
    ...(id !== undefined && id !== '' && { id }),
    ...(name !== undefined && { name }),
    ...(input !== undefined && { input }),
    complete,
    ...((call.status === 'completed' || call.status === 'failed') && {
      outcome: { output: contentText(call.content), isError: call.status === 'failed' },
    }),
  };
}

/** A status after which the input no longer changes. */
export function isUnderWay(status: JsonValue | undefined): boolean {
  return status === 'in_progress' || status === 'completed' || status === 'failed';
}
