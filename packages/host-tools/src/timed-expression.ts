/**
 * A regular expression that a model has a say in, tried on texts with a time limit: one that backtracks for ever must not
 * hold up the whole gateway. `vm` is used for that limit alone; what runs inside is ours.
 */
import { createContext, Script } from 'node:vm';
import { HostToolError } from './host-tool-error.js';

const TRY = new Script(`(() => {
  const found = [];
  for (let i = 0; i < texts.length && found.length < limit; i++) if (expression.test(texts[i])) found.push(i);
  return found;
})()`);

/** For one call, by the wall clock: a busy machine needs some to spare. */
const TIMEOUT_MS = 250;

/** Indexes of the texts that match, `limit` at most. @throws HostToolError when it takes too long */
export type TimedExpression = (texts: readonly string[], limit?: number) => readonly number[];

/** `timeoutMs` is for each call. */
export function timedExpression(expression: RegExp, timeoutMs = TIMEOUT_MS): TimedExpression {
  const scope = createContext({ expression, texts: [] as readonly string[], limit: 0 });
  return (texts, limit = texts.length) => {
    scope.texts = texts;
    scope.limit = limit;
    try {
      return TRY.runInContext(scope, { timeout: timeoutMs }) as readonly number[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new HostToolError('The pattern takes too long to match: simplify it');
    } finally {
      scope.texts = [];
    }
  };
}
