/** The least a chat request says, with what the test is about. */
import type { ChatRequest } from '../../chat/index.js';

export function aRequest(changes: Partial<ChatRequest> = {}): ChatRequest {
  return {
    model: 'org_auto',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    tools: [],
    toolChoice: { type: 'auto' },
    parallelToolCalls: true,
    sampling: {},
    responseFormat: { type: 'text' },
    reasoning: { visible: true },
    conversation: {},
    warnings: [],
    ...changes,
  };
}
