import type { JsonObject } from '../json-object.js';
import type { SessionRecord } from '../process/session-store.js';

/** One turn of the past as `session/load` tells it: question, thoughts, plan, tool calls, answer. */
export function replayOf(record: SessionRecord): JsonObject[] {
  const said = (sessionUpdate: string, text: string): JsonObject[] =>
    text === '' ? [] : [{ sessionUpdate, content: { type: 'text', text } }];
  return [
    ...said('user_message_chunk', record.question),
    ...said('agent_thought_chunk', record.reasoning),
    ...(record.plan.length > 0 ? [{ sessionUpdate: 'plan', entries: record.plan }] : []),
    ...record.toolCalls.flatMap(({ toolCallId, name, parameters, finished, results }) => [
      {
        ...{ sessionUpdate: 'tool_call', toolCallId, title: name, status: 'pending', rawInput: parameters },
        _meta: { 'ai-coding/tool-name': name },
      },
      {
        ...{ sessionUpdate: 'tool_call_update', toolCallId },
        ...{ status: finished ? 'completed' : 'failed', rawOutput: results },
      },
    ]),
    ...said('agent_message_chunk', record.answer),
  ];
}
