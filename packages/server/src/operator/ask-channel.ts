/** One question to a gateway's channel, without HTTP and without a client's protocol. */
import type { Logger } from '@lingma-gateway/core';
import type { Channel, ChatRequest } from '@lingma-gateway/core/chat';
import type { AnswerPiece, Question } from '../serve/running-gateway.js';

/** The model comes from the settings: the channel knows them. @throws GatewayError */
export async function* askChannel(
  channel: Channel,
  { prompt, system }: Question,
  context: { readonly signal: AbortSignal; readonly logger: Logger },
): AsyncGenerator<AnswerPiece> {
  const request: ChatRequest = {
    model: '',
    messages: [
      ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
      { role: 'user', content: [{ type: 'text', text: prompt }] },
    ],
    tools: [],
    toolChoice: { type: 'auto' },
    parallelToolCalls: true,
    sampling: {},
    responseFormat: { type: 'text' },
    reasoning: { visible: true },
    conversation: {},
    warnings: [],
  };
  for await (const event of channel.streamChat(request, { requestId: 'command', ...context })) {
    if (event.type === 'text-delta') yield { type: 'text', delta: event.delta };
    else if (event.type === 'reasoning-delta') yield { type: 'reasoning', delta: event.delta };
    else if (event.type === 'response-end') yield { type: 'end', reason: event.finishReason };
  }
}
