/** OpenAI Chat Completions. */

import type { WireProtocol } from '../protocol.js';
import { encodeOpenAiError } from '../response/openai-error.js';
import { encodeResult } from './encode-result.js';
import { createStreamEncoder } from './encode-stream.js';
import { history } from './history.js';
import { parseRequest } from './parse-request.js';

/** OpenAI's Chat Completions. */
export const openaiChat: WireProtocol = {
  name: 'openai-chat',
  history,
  parseRequest,
  encodeResult,
  createStreamEncoder,
  encodeError: encodeOpenAiError,
};
