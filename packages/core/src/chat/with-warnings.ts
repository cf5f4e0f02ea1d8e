/** A turn's beginning with other warnings. */
import { countedStart } from './counted-start.js';
import type { ResponseStart } from './event.js';
import type { ChatWarning } from './request.js';

/** The prompt is not counted for this, where it is counted when somebody wants to know. */
export function withWarnings(start: ResponseStart, warnings: readonly ChatWarning[]): ResponseStart {
  const { responseId, model, createdAt } = start;
  if (!('inputTokens' in start)) return { type: 'response-start', responseId, model, createdAt, warnings };
  return countedStart({ responseId, model, createdAt, warnings, countInput: () => start.inputTokens ?? 0 });
}
