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
/** Units a character and instruction of the linear engine, an instruction to build, and to read a character of a pattern. */
const LINEAR_STEP = 2;
const LINEAR_BUILD = 100;
const READ = 4;
/** Units of one test: one pattern must not use up what all the others need. */
const MAX_TEST = 1_000_000;

/** A pattern as JavaScript runs it, and what it may cost. */
interface Prepared {
  readonly native: RegExp;
  readonly cost: PatternCost;
}

export class BoundedPattern {
  readonly #pattern: string;
  /** `null`: no regular expression, or one that is not judged. */
  #prepared: Prepared | null | undefined;
  /** `null`: not a pattern for it. */
  #linear: RE2JS | null | undefined;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** `undefined`: can't say; it is no regular expression, or it costs too much. */
  test(text: string, budget: WorkBudget): boolean | undefined {
    this.#prepared ??= prepare(this.#pattern, budget);
    if (this.#prepared === null) return undefined;
    const { native, cost } = this.#prepared;
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

function prepare(pattern: string, budget: WorkBudget): Prepared | null {
  const cost = patternCost(pattern);
  if (cost === undefined) return null;
  budget.spend(READ * pattern.length);
  const native = tryRegExp(pattern, 'u') ?? tryRegExp(pattern, '');
  return native === undefined ? null : { native, cost };
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
