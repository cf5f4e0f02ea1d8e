/** Anthropic Messages. */
import type { WireProtocol } from '../protocol.js';
import { encodeError } from './encode-error.js';
import { encodeResult } from './encode-result.js';
import { createStreamEncoder } from './encode-stream.js';
import { history } from './history.js';
import { parseRequest } from './parse-request.js';

/** Anthropic's Messages. */
export const anthropicMessages: WireProtocol = {
  name: 'anthropic-messages',
  history,
  parseRequest,
  encodeResult,
  createStreamEncoder,
  encodeError,
};
