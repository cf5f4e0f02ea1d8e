/** `POST /v1/messages/count_tokens`: counted here, without a turn. */
import type { TokenCounterKind } from '../../chat/index.js';
import type { JsonValue } from '../../util/index.js';
import type { LateProtocol } from '../../wire/light.js';
import type { RequestContext } from '../request-context.js';
import { countedPrompt } from '../respond/counted-prompt.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export function countTokensRoute(
  { name, translator }: LateProtocol,
  readBody: (context: RequestContext) => Promise<JsonValue>,
  tokenCounter: TokenCounterKind,
): Route {
  return {
    name: 'count-tokens',
    method: 'POST',
    path: '/messages/count_tokens',
    protocol: name,
    access: 'client',
    async handle(context) {
      const body = await readBody(context);
      const protocol = translator.loaded ?? (await translator.load());
      const parsed = protocol.parseRequest(body, context.request.headers);
      context.record.model = parsed.response.model;
      const { inputTokens, headers } = await countedPrompt(parsed.chat, tokenCounter);
      return respondJson({ input_tokens: inputTokens }, 200, headers);
    },
  };
}
