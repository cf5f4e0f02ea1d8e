/**
 * A fourth protocol, from outside of the package: Ollama's `POST /api/chat`. It implements the same port as the three that come with
 * `@lingma-gateway/core/wire`, so that all that knows protocols knows this one: the functions, and `createGateway({ protocols })`.
 */
import { createFrameStream, openaiChat } from '@lingma-gateway/core/wire';

const DONE = { stop: 'stop', length: 'length', 'tool-calls': 'stop', 'content-filter': 'stop', other: 'stop' };
const at = (ms) => new Date(ms).toISOString();
const counts = ({ inputTokens, outputTokens }) => ({ prompt_eval_count: inputTokens, eval_count: outputTokens });

/** @type {import('@lingma-gateway/core/wire').WireProtocol} */
export const ollamaChat = {
  name: 'ollama-chat',
  path: '/api/chat',
  streamType: 'application/x-ndjson',

  // Its messages are those of OpenAI but for a few names, so that one parser does for both.
  parseRequest(body, headers) {
    const { options = {}, format, stream = true, messages = [], ...others } = Object(body);
    return openaiChat.parseRequest(
      {
        ...others,
        stream,
        messages: messages.map(({ images = [], content, ...message }) => ({
          ...message,
          content:
            images.length === 0
              ? content
              : [
                  { type: 'text', text: content },
                  ...images.map((data) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } })),
                ],
        })),
        ...(options.num_predict > 0 && { max_tokens: options.num_predict }),
        ...(options.stop !== undefined && { stop: options.stop }),
        ...(format === 'json' && { response_format: { type: 'json_object' } }),
      },
      headers,
    );
  },

  encodeResult(result, { model }) {
    const of = (type) => result.content.filter((block) => block.type === type);
    const calls = of('tool-call').map(({ toolName, input }) => ({
      function: { name: toolName, arguments: JSON.parse(input || '{}') },
    }));
    return {
      model,
      created_at: at(result.createdAt),
      message: {
        role: 'assistant',
        content: of('text')
          .map(({ text }) => text)
          .join(''),
        ...(calls.length > 0 && { tool_calls: calls }),
      },
      done: true,
      done_reason: DONE[result.finishReason],
      ...counts(result.usage),
    };
  },

  createStreamEncoder({ model }) {
    let createdAt = 0;
    let call;
    const line = (members) => `${JSON.stringify({ model, created_at: at(createdAt), ...members })}\n`;
    const said = (message) => line({ message: { role: 'assistant', content: '', ...message }, done: false });
    return createFrameStream({
      // Lines of JSON have nothing that could be said into a silence.
      keepAlive: '',
      trailer: '',
      encode(event) {
        switch (event.type) {
          case 'response-start':
            createdAt = event.createdAt;
            return '';
          case 'text-delta':
            return said({ content: event.delta });
          case 'reasoning-delta':
            return said({ thinking: event.delta });
          case 'tool-input-start':
            call = { name: event.toolName, input: '' };
            return '';
          case 'tool-input-delta':
            call.input += event.delta;
            return '';
          case 'tool-input-end':
            return event.incomplete
              ? ''
              : said({ tool_calls: [{ function: { name: call.name, arguments: JSON.parse(call.input || '{}') } }] });
          case 'response-end':
            return line({
              message: { role: 'assistant', content: '' },
              done: true,
              done_reason: DONE[event.finishReason],
              ...counts(event.usage),
            });
          default:
            return '';
        }
      },
      encodeFailure: (error) => `${JSON.stringify({ error: error.message })}\n`,
    });
  },

  encodeError: (error) => ({ status: error.status, headers: {}, body: { error: error.message } }),
};
