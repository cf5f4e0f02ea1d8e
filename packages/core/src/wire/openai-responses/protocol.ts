/** OpenAI Responses as a {@link WireProtocol}. What is kept between requests stands in `stored-exchange.ts`. */

import type { WireProtocol } from '../protocol.js';
import { encodeOpenAiError } from '../response/openai-error.js';
import { history } from './request/history.js';
import { parseRequest } from './request/parse-request.js';
import { encodeResult } from './response/encode-result.js';
import { createStreamEncoder } from './response/encode-stream.js';

/** OpenAI's Responses, without what was stored: `openStoredExchange` knows that. */
export const openaiResponses: WireProtocol = {
  name: 'openai-responses',
  history,
  parseRequest: (body, headers) => parseRequest(body, undefined, headers),
  encodeResult,
  createStreamEncoder: (response) => createStreamEncoder(response),
  encodeError: encodeOpenAiError,
};
