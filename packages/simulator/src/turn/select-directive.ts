import { type Directive, findDirective } from './directive.js';

/**
 * A line that begins with `Tool result`, any case; a role word with a colon, an opening bracket or a tag sign may stand
 * before it. Every repetition is bounded: prompts are as long as clients like.
 */
export const TOOL_RESULT_LINE = /^[ \t]{0,40}(?:[\p{L}_-]{1,40}:[ \t]{0,40})?[[({<]?[ \t]{0,40}tool result/gimu;

/**
 * The directive that scripts the next turn of a session, read off its prompts (oldest first): the last one in the newest
 * prompt, else in the earlier ones. Of `steps` the one that is due is chosen. Undefined when there is none.
 */
export function selectDirective(prompts: readonly string[]): Directive | undefined {
  for (let index = prompts.length - 1; index >= 0; index -= 1) {
    const prompt = prompts[index] as string;
    const found = findDirective(prompt);
    if (found === undefined) continue;
    if (found.directive.steps === undefined || found.directive.steps.length === 0) return found.directive;
    const since = [prompt.slice(found.end), ...prompts.slice(index + 1)];
    const results = since.reduce((sum, text) => sum + countToolResults(text), 0);
    return dueStep(found.directive, found.directive.steps, results);
  }
  return undefined;
}

/** How many tool results stand in a text. */
export function countToolResults(text: string): number {
  return text.match(TOOL_RESULT_LINE)?.length ?? 0;
}

/** Step 0 first; a step with n tools is done once n more results are there; the last step repeats. */
function dueStep(outer: Directive, steps: readonly Directive[], results: number): Directive {
  let done = 0;
  let due = steps[steps.length - 1] as Directive;
  for (const step of steps) {
    done += step.tools?.length ?? 0;
    if (results < done) {
      due = step;
      break;
    }
  }
  // Pace and format are said once, outside of the steps.
  return {
    ...due,
    chunks: due.chunks ?? outer.chunks,
    delayMs: due.delayMs ?? outer.delayMs,
    firstDelayMs: due.firstDelayMs ?? outer.firstDelayMs,
    toolFormat: due.toolFormat ?? outer.toolFormat,
  };
}
