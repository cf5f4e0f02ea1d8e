import { stringMember } from '../json-object.js';
import type { MethodTable } from './call.js';

/** What clients say about native tools, protocol sections 9.1 and 9.5. */
export const TOOL_METHODS: MethodTable = {
  'tool/call/approve': ({ lingma, params }) => {
    lingma.tools.approve(stringMember(params, 'toolCallId'), params.approval === true);
    return {};
  },
  'tool/invokeResult': ({ lingma, params }) => {
    lingma.tools.finish(stringMember(params, 'toolCallId'), params);
    return { status: 'ok' };
  },
  'tool/call/results': ({ lingma, params }) => {
    const sessionId = stringMember(params, 'sessionId');
    const toolCalls = lingma.sessions.get(sessionId)?.toolCalls ?? [];
    return { toolCalls, sessionId, totalCount: toolCalls.length };
  },
};
