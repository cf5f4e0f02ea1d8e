/**
 * A caller's `pattern`, tested on what a model wrote: neither is ours, and together they can take a backtracking engine
 * for years. Of two engines the one that is cheaper at its worst runs, JavaScript's own or one of linear time, and what
 * it may cost is paid from the check's budget beforehand. What neither can afford, or what only JavaScript understands
 * and would take long, stays untested: a wrong "no" would cost the caller an answer.
 */
import { RE2JS } from 're2js';
import { type PatternCost, patternCost } from './pattern-cost.js';
import type { WorkBudget } from './work-budget.js';

/** Instructions of one linear program. */
const MAX_PROGRAM = 2000;
/** Units a character and instruction of the linear engine, and an instruction to build. */
const LINEAR_STEP = 3;
const LINEAR_BUILD = 300;
/** Units of one test, of the check's own budget: one pattern must not use up what all the others need. */
const MAX_TEST = 1_500_000;

export class BoundedPattern {
  readonly #native: RegExp | undefined;
  readonly #cost: PatternCost | undefined;
  /** `null`: not a pattern for it. */
  #linear: RE2JS | null | undefined;

  constructor(pattern: string) {
    this.#cost = patternCost(pattern);
    this.#native = this.#cost === undefined ? undefined : (tryRegExp(pattern, 'u') ?? tryRegExp(pattern, ''));
  }

  /** `undefined`: can't say; it is no regular expression, or it costs too much. */
  test(text: string, budget: WorkBudget): boolean | undefined {
    const cost = this.#cost;
    const native = this.#native;
    if (cost === undefined || native === undefined) return undefined;
    const most = Math.min(MAX_TEST, budget.left);
    const backtracking = cost.backtracking(text.length);
    const linear = this.#linearCost(cost, text.length);
    if (linear <= most && linear < backtracking) {
      budget.spend(linear);
      this.#linear ??= tryLinear(cost.explicit);
      if (this.#linear !== null) return tryTest(this.#linear, text);
    }
    if (backtracking > Math.min(MAX_TEST, budget.left)) return undefined;
    budget.spend(backtracking);
    return tryTest(native, text);
  }

  #linearCost(cost: PatternCost, length: number): number {
    if (this.#linear === null || cost.size > MAX_PROGRAM) return Infinity;
    const build = this.#linear === undefined ? LINEAR_BUILD * cost.size : 0;
    return build + LINEAR_STEP * (length + 1) * cost.size;
  }
}

function tryRegExp(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}

function tryLinear(pattern: string): RE2JS | null {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    return null;
  }
}

/** An engine may still give up, as JavaScript's does on programs that get too large. */
function tryTest(engine: { test(text: string): boolean }, text: string): boolean | undefined {
  try {
    return engine.test(text);
  } catch {
    return undefined;
  }
}
