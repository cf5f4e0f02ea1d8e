/** A whole answer as a Response object. */
import type { ChatResult } from '../../../chat/index.js';
import { type JsonObject, systemClock } from '../../../util/index.js';
import type { ResponseOptions } from '../../protocol.js';
import { compactionItem, summaryOf } from '../request/compaction.js';
import { RESPONSE_ENDING } from './finish-reason.js';
import { blockItem } from './output-items.js';
import { responseFrame, responseProgress, toSeconds, wholeResponse } from './response-object.js';

export function encodeResult(result: ChatResult, response: ResponseOptions): JsonObject {
  const frame = responseFrame(response);
  const ending = RESPONSE_ENDING[result.finishReason];
  const output: JsonObject[] = [];
  if (response.compacts === true) output.push(compactionItem(summaryOf(result.content), 0, frame.id));
  else {
    result.content.forEach((block, position) => {
      const cut = ending.status === 'incomplete' && position === result.content.length - 1;
      const item = blockItem(block, output.length, cut, frame.output);
      if (item !== undefined) output.push(item);
    });
  }
  const progress = responseProgress(frame.id, {
    createdAt: toSeconds(result.createdAt),
    output,
    usage: result.usage,
    ending,
    endedAt: toSeconds(systemClock.now()),
  });
  return wholeResponse(progress, frame);
}
