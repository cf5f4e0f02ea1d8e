/** OpenAI Responses as a {@link WireProtocol}. What is kept between requests stands in `stored-exchange.ts`. */
import { encodeOpenAiError } from '../openai-error.js';
import type { WireProtocol } from '../protocol.js';
import { encodeResult } from './encode-result.js';
import { createStreamEncoder } from './encode-stream.js';
import { parseRequest } from './parse-request.js';

export const openaiResponses: WireProtocol = {
  name: 'openai-responses',
  parseRequest: (body) => parseRequest(body),
  encodeResult,
  createStreamEncoder: (response) => createStreamEncoder(response),
  encodeError: encodeOpenAiError,
};
