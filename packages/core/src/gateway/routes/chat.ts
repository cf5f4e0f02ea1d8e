/** The routes that ask a model: one for each protocol, all through the same pipeline. */
import type { JsonValue } from '../../util/index.js';
import type { WireProtocol } from '../../wire/index.js';
import type { RequestContext } from '../request-context.js';
import { type ChatPipeline, respondChat } from '../respond/respond-chat.js';
import type { Route } from '../router.js';

export interface ChatRoutesOptions {
  readonly pipeline: ChatPipeline;
  readonly protocols: readonly WireProtocol[];
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
}

const CHAT_PATHS = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
} as const satisfies Record<WireProtocol['name'], string>;

export function chatRoutes({ pipeline, protocols, readBody }: ChatRoutesOptions): readonly Route[] {
  return protocols.map((protocol) => ({
    name: protocol.name,
    method: 'POST',
    path: CHAT_PATHS[protocol.name],
    protocol: protocol.name,
    access: 'client',
    handle: (context) =>
      respondChat(
        pipeline,
        async () => ({
          body: await readBody(context),
          protocol,
          ...(protocol.name === 'openai-chat' && { endpoint: 'chat' as const }),
        }),
        context,
      ),
  }));
}
