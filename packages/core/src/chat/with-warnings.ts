/** A turn's beginning with other warnings. */
import type { ResponseStart } from './event.js';
import type { ChatWarning } from './request.js';

/** Copies the fields as they are: `inputTokens` may be one that is counted when it is read, which a spread would do. */
export function withWarnings(start: ResponseStart, warnings: readonly ChatWarning[]): ResponseStart {
  const copy = Object.defineProperties({} as ResponseStart, Object.getOwnPropertyDescriptors(start));
  return Object.defineProperty(copy, 'warnings', { value: warnings, enumerable: true });
}
