/** The routes that ask a model: one for each protocol, all through the same pipeline. */
import type { ProtocolName } from '../../wire/index.js';
import type { LateProtocol } from '../../wire/light.js';
import type { ReadChat } from '../respond/chat-pipeline.js';
import { type ChatPipeline, respondChat } from '../respond/respond-chat.js';
import type { Route } from '../router.js';

export interface ChatRoutesOptions {
  readonly pipeline: ChatPipeline;
  readonly protocols: readonly LateProtocol[];
  readonly readChat: ReadChat;
}

const CHAT_PATHS = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/messages',
} as const satisfies Record<ProtocolName, string>;

export function chatRoutes({ pipeline, protocols, readChat }: ChatRoutesOptions): readonly Route[] {
  return protocols.map((protocol) => ({
    name: protocol.name,
    method: 'POST',
    path: pathOf(protocol),
    ...(isOurs(protocol) ? {} : { versioned: false as const }),
    protocol: protocol.name,
    access: 'client',
    handle: (context) =>
      respondChat(
        pipeline,
        async () => {
          const translator = protocol.translator.loaded ?? (await protocol.translator.load());
          const { body, read } = await readChat(context, translator);
          return {
            body,
            read,
            protocol: translator,
            ...(protocol.name === 'openai-chat' && { endpoint: 'chat' as const }),
          };
        },
        context,
      ),
  }));
}

const isOurs = ({ name, path }: LateProtocol): boolean => path === undefined && Object.hasOwn(CHAT_PATHS, name);

function pathOf(protocol: LateProtocol): string {
  const path = protocol.path ?? (isOurs(protocol) ? CHAT_PATHS[protocol.name as ProtocolName] : undefined);
  if (path?.startsWith('/') === true) return path;
  throw new TypeError(`createGateway(): the protocol "${protocol.name}" needs a "path" that begins with a slash`);
}
