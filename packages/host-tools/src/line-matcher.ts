/** A model's regular expression, run over the lines of a text. */
import { timedExpression } from './timed-expression.js';

export interface LineMatch {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface LineMatcherOptions {
  readonly pattern: string;
  readonly ignoreCase: boolean;
  /** For one text. Default 250. */
  readonly timeoutMs?: number;
}

const MAX_LINE_CHARS = 300;

/** Returns at most `limit` matches. @throws HostToolError when the pattern takes too long */
export type LineMatcher = (text: string, limit: number) => readonly LineMatch[];

/** A pattern that is no regular expression is searched for as it stands. */
export function createLineMatcher({ pattern, ignoreCase, timeoutMs }: LineMatcherOptions): LineMatcher {
  const matching = timedExpression(toExpression(pattern, ignoreCase ? 'i' : ''), timeoutMs);
  return (text, limit) => {
    const lines = text.split('\n');
    return matching(lines, limit).map((index) => {
      const line = (lines[index] as string).replace(/\r$/, '');
      return { line: index + 1, text: line.slice(0, MAX_LINE_CHARS) };
    });
  };
}

function toExpression(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return new RegExp(pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags);
  }
}
