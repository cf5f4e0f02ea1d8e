/** What a conversation goes by beside its messages. A session goes on only under the terms that it was told when it began. */
import { hash } from 'node:crypto';
import { type ChatRequest, perTool } from '../../chat/index.js';
import type { OfferedTools } from '../../tool-emulation/light.js';
import { canonicalJson } from '../../util/index.js';

/** Of tools, choice and format; `''` without any. */
export type ConversationTerms = string;

/**
 * `undefined`: each turn of it is a conversation of its own. A demanded call is demanded of one answer, and tools that are only
 * known by the calls of the history are others with each call.
 */
export function termsOf(request: ChatRequest, offered: OfferedTools): ConversationTerms | undefined {
  const { tools, toolChoice, parallelToolCalls, responseFormat } = request;
  if (offered.isForced || (tools.length === 0 && offered.tools.length > 0)) return undefined;
  const format =
    responseFormat.type === 'json-schema'
      ? canonicalJson({ type: responseFormat.type, schema: responseFormat.schema })
      : responseFormat.type === 'json'
        ? responseFormat.type
        : '';
  if (tools.length === 0) return format;
  return `${format}\n${toolChoice.type} ${parallelToolCalls}\n${tools.map(digest).join('\n')}`;
}

/** The allow list is the gateway's own and the same for all. `strict` is told to nobody. */
const digest = perTool((tool) => hash('sha256', canonicalJson({ ...tool, strict: undefined }), 'base64'));
