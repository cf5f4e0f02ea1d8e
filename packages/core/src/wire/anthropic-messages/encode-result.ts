/** A whole answer as a `Message`. */
import { type ChatResult, GatewayError, type ResultBlock } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import type { ResponseOptions } from '../protocol.js';
import { encodeUsage, messageEnding, messageHead } from './message-object.js';
import { toolInputObject } from './tool-input.js';
import { toToolUseId } from './tool-use-id.js';

/** @throws GatewayError `upstream_protocol` when a call's input is not the JSON object it claims to be */
export function encodeResult(result: ChatResult, response: ResponseOptions): JsonObject {
  return {
    ...messageHead(response.model || result.model),
    content: result.content.flatMap((block) => encodeBlock(block, response)),
    ...messageEnding(result.finishReason, result.stopSequence),
    usage: encodeUsage(result.usage),
  };
}

function encodeBlock(block: ResultBlock, response: ResponseOptions): JsonObject[] {
  switch (block.type) {
    case 'text':
      return block.text === '' ? [] : [{ type: 'text', text: block.text }];
    case 'reasoning':
      if (response.reasoning === 'hidden' || block.text === '') return [];
      return [{ type: 'thinking', thinking: response.reasoning === 'omitted' ? '' : block.text, signature: '' }];
    case 'tool-call': {
      // A cut call has no whole input to show, and what runs upstream is not the client's to run.
      if (block.executedBy === 'upstream' || block.incomplete === true) return [];
      const input = toolInputObject(block.kind, block.input);
      if (input === undefined) {
        throw new GatewayError(
          'upstream_protocol',
          `The model called '${block.toolName}' with an input that is no JSON object`,
        );
      }
      return [{ type: 'tool_use', id: toToolUseId(block.toolCallId), name: block.toolName, input }];
    }
    case 'tool-result':
      return [];
  }
}
