/** What stands in a prompt in place of content that cannot go there, and how the caller is told. */
import { toOneLine } from '../util/index.js';
import type { ChatWarning, MediaPart } from './request.js';

/** `[image]`, `[file: plan.pdf]`; of content that nobody here knows, `[its_type]`. One line, whatever the caller wrote. */
export function mediaMark(type: string, filename?: string): string {
  const name = toOneLine(type);
  return filename === undefined ? `[${name}]` : `[${name}: ${toOneLine(filename)}]`;
}

/** Tells that content of a kind was left out; `reason` is for whoever would rather refuse it. */
export function leftOutWarning(type: MediaPart['type'], reason: string): ChatWarning {
  const message = `${reason}; replaced by ${mediaMark(type)}`;
  return { type: 'unsupported-content', subject: type, message, leftOut: { type, reason } };
}
