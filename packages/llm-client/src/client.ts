/** The calls: each reads its settings anew, asks once, and tells a failure in one line. */
import { vectorsOf } from './embedding.js';
import { LlmClientError } from './errors.js';
import { parse, toLine } from './failure-text.js';
import { type Call, readText, send } from './send.js';
import { bodyOf, configError, type Endpoint, keyOf, modelOf, timeoutOf, urlOf } from './settings.js';
import { readParts, toTextStream } from './text-stream.js';
import type {
  CallOptions,
  ChatCompletion,
  ChatMessage,
  LlmClient,
  LlmClientOptions,
  StreamPart,
  TextStream,
} from './types.js';

/**
 * A client with settings of its own; what it is not told it reads from the environment at each call.
 *
 * @throws LlmClientError `LLM_CLIENT_CONFIG` where an option makes no sense
 */
export function createLlmClient(client: LlmClientOptions = {}): LlmClient {
  const { retries = 0 } = client;
  if (!Number.isInteger(retries) || retries < 0) throw configError('retries is no number of tries');
  timeoutOf({}, client);

  const prepare = (endpoint: Endpoint, options: CallOptions, own: Readonly<Record<string, unknown>>): Call => ({
    url: urlOf(client, endpoint),
    key: keyOf(client),
    timeoutMs: timeoutOf(options, client),
    signal: options.signal,
    body: bodyOf(options, own),
  });

  /** Whoever ended the call, or could not begin it, knows without a line. */
  const tell = (error: unknown, model: string, asked: unknown): void => {
    if (!(error instanceof LlmClientError) || error.code === 'LLM_CLIENT_CONFIG') return;
    const text = error.code === 'LLM_CLIENT_HTTP' ? String(error.cause) : error.message;
    (client.logger ?? console).error(toLine(model, text, asked));
  };

  const ask = async <Result>(call: Call, model: string, asked: unknown, read: (value: unknown) => Result) => {
    try {
      return await send(call, client, async (answer) => {
        const value = parse(await readText(answer.response));
        answer.done();
        if (value === undefined) throw new LlmClientError('LLM_CLIENT_RESPONSE', 'The answer is no JSON');
        return read(value);
      });
    } catch (error) {
      tell(error, model, asked);
      throw error;
    }
  };

  return {
    async callSpecificModel(modelName, messages, options = {}) {
      checkMessages(messages);
      if (options?.stream === true) {
        throw configError('callSpecificModel does not stream; streamSpecificModel does');
      }
      const model = modelOf(modelName, 'LLM_MODEL_ID');
      const call = prepare('chat/completions', options ?? {}, { model, messages });
      return ask(call, model, messages, (value) => value as ChatCompletion);
    },

    streamSpecificModel(modelName, messages, options = {}): TextStream {
      return toTextStream(async function* (): AsyncGenerator<StreamPart> {
        checkMessages(messages);
        const model = modelOf(modelName, 'LLM_MODEL_ID');
        const call = prepare('chat/completions', options ?? {}, { model, messages, stream: true });
        try {
          const answer = await send(call, client, async (begun) => begun);
          try {
            yield* readParts(answer);
          } catch (error) {
            throw answer.failure(error);
          } finally {
            answer.done();
          }
        } catch (error) {
          tell(error, model, messages);
          throw error;
        }
      });
    },

    async embedWithModel(modelName, input, options = {}) {
      if (typeof input !== 'string' && !Array.isArray(input))
        throw configError('The input is neither a text nor a list');
      const model = modelOf(modelName, 'EMBEDDING_MODEL_ID');
      return ask(prepare('embeddings', options ?? {}, { model, input }), model, input, vectorsOf);
    },
  };
}

function checkMessages(messages: readonly ChatMessage[]): void {
  if (!Array.isArray(messages)) throw configError('messages is no list');
}
