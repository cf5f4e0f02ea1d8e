/** How the body of a request is read: as JSON, as a conversation whose beginning may be known, or as the text that it is. */
import type { Channel } from '../../chat/index.js';
import type { Clock, JsonValue } from '../../util/index.js';
import { withModelOf } from '../access/model-in-path.js';
import type { BodyBudget } from '../body/body-budget.js';
import type { BodyWork } from '../body/body-work.js';
import type { KnownBodies } from '../body/known/known-bodies.js';
import { MIN_BYTES, ReadBody, readInParts } from '../body/known/read-in-parts.js';
import {
  parse as parseBody,
  type ReadJsonOptions,
  readBytes,
  readJson,
  readText,
  readBody as receiveBody,
} from '../body/read-json.js';
import type { Observation } from '../observe/observation.js';
import type { RequestContext } from '../request-context.js';
import type { ReadChat } from './chat-pipeline.js';

/** What the settings say. */
export interface BodyReaderOptions {
  readonly maxBodyBytes: number;
  readonly maxJsonDepth: number;
  readonly channel: Channel;
}

/** What lives longer than the settings that bodies are read by. */
export interface BodyReaderParts {
  readonly bodies: BodyBudget;
  readonly known: KnownBodies;
  readonly work: BodyWork;
  readonly clock: Clock;
  readonly observation: Observation;
}

export interface BodyReaders {
  /** The JSON, with the model's name where that stands in the path. */
  readonly readBody: (context: RequestContext) => Promise<JsonValue>;
  readonly readChat: ReadChat;
  readonly readBodyText: (context: RequestContext, isText: boolean) => Promise<string>;
}

export function createBodyReaders(
  { maxBodyBytes, maxJsonDepth, channel }: BodyReaderOptions,
  { bodies, known, work, clock, observation }: BodyReaderParts,
): BodyReaders {
  const keepsText = channel.passThrough !== undefined;
  // A text is handed on as it was sent, and what is kept for operators is kept whole.
  const readsParts = channel.keepsConversations === true && !keepsText && !observation.observer.keepsBodies;
  // Nobody would ask for it any more.
  if (!readsParts) known.clear();
  const optionsOf = (context: RequestContext): ReadJsonOptions => {
    const share = bodies.open();
    context.onFinish(() => share.release());
    return {
      maxBodyBytes,
      maxJsonDepth,
      share,
      work,
      party: context.party,
      signal: context.ownSignal,
      clock,
      ...(keepsText && {
        onText: (text: string) => {
          context.bodyText = text;
        },
      }),
    };
  };
  const readBody = async (context: RequestContext): Promise<JsonValue> =>
    withModelOf(context.request.pathname, await readJson(context.request, optionsOf(context)));
  return {
    readBody,
    readChat: async (context, { name, history }) => {
      if (!readsParts || history === undefined) return { body: await readBody(context), read: undefined };
      const { request, principal } = context;
      const { pathname } = request;
      const options = optionsOf(context);
      const read = await receiveBody(request, options, (text) => {
        if (text.byteLength < MIN_BYTES) return parseBody(text, options);
        const taken = text.take();
        options.share.onRelease(taken.letGo);
        return readInParts(taken.bytes, options, {
          bodies: known,
          scope: JSON.stringify([name, principal.id, maxJsonDepth]),
          rules: history,
          complete: (body) => withModelOf(pathname, body),
        });
      });
      return read instanceof ReadBody
        ? { body: read.body, read }
        : { body: withModelOf(pathname, read), read: undefined };
    },
    readBodyText: (context, isText) => (isText ? readText : readBytes)(context.request, optionsOf(context)),
  };
}
