/**
 * A model's regular expression, run over text with a time limit: one that backtracks for ever must not hold up the
 * whole gateway. `vm` is used for that limit alone; what runs inside is ours.
 */
import { createContext, Script } from 'node:vm';
import { HostToolError } from './host-tool-error.js';

export interface LineMatch {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface LineMatcherOptions {
  readonly pattern: string;
  readonly ignoreCase: boolean;
  /** For one text, by the wall clock: a busy machine needs some to spare. Default 250. */
  readonly timeoutMs?: number;
}

const MAX_LINE_CHARS = 300;

const SEARCH = new Script(`(() => {
  const found = [];
  const lines = text.split('\\n');
  for (let i = 0; i < lines.length && found.length < limit; i++) if (expression.test(lines[i])) found.push(i);
  return found.join();
})()`);

/** Returns at most `limit` matches. @throws HostToolError when the pattern takes too long */
export type LineMatcher = (text: string, limit: number) => readonly LineMatch[];

/** A pattern that is no regular expression is searched for as it stands. */
export function createLineMatcher({ pattern, ignoreCase, timeoutMs = 250 }: LineMatcherOptions): LineMatcher {
  const scope = createContext({ expression: toExpression(pattern, ignoreCase ? 'i' : ''), text: '', limit: 0 });
  return (text, limit) => {
    scope.text = text;
    scope.limit = limit;
    let found: string;
    try {
      found = SEARCH.runInContext(scope, { timeout: timeoutMs }) as string;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new HostToolError('The pattern takes too long to match: simplify it');
    } finally {
      scope.text = '';
    }
    if (found === '') return [];
    const lines = text.split('\n');
    return found.split(',').map((index) => {
      const line = (lines[Number(index)] as string).replace(/\r$/, '');
      return { line: Number(index) + 1, text: line.slice(0, MAX_LINE_CHARS) };
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
