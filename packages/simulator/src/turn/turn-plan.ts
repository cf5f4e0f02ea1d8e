import { createHash } from 'node:crypto';
import { renderToolCalls, type ToolCall } from '../dialect/tool-format.js';
import { ownText } from '../text/own-text.js';
import type { Directive, PlanEntry, ScriptedFinish } from './directive.js';
import type { Failure, FailureForm } from './failure.js';

/** Something that goes wrong after so many answer deltas. */
export type Fault = ErrorFault | { readonly kind: 'drop' | 'die'; readonly afterChunks: number };

interface ErrorFault extends Failure {
  readonly kind: 'error';
  readonly afterChunks: number;
  /** Undefined = as the `errorForm` switch says. */
  readonly form: FailureForm | undefined;
}

/** What one turn will say and do, decided before its first event. */
export interface TurnPlan {
  readonly reasoning: string;
  /** Answer text, then the tool calls as text; each is cut on its own. */
  readonly segments: readonly string[];
  /** Deltas per segment. */
  readonly chunks: number;
  readonly nativeTools: readonly ToolCall[];
  readonly agentPlan: readonly PlanEntry[];
  readonly overwrite: string | undefined;
  readonly finish: ScriptedFinish;
  readonly usage: { readonly input: number; readonly output: number } | undefined;
  readonly fault: Fault | undefined;
  readonly silence: boolean;
  readonly delayMs: number;
  readonly firstDelayMs: number;
}

/** What a plan depends on besides its directive. */
export interface PlanInput {
  /** All prompts of the session, oldest first; the last is the newest. */
  readonly prompts: readonly string[];
  /** What was answered to them, the newest aside. */
  readonly answers: readonly string[];
  readonly images: number;
  /** Names in `tool_config` when tools named there are to be called natively. */
  readonly nativeNames: readonly string[];
  /** Counts a turn with a directive id; see FaultCounter. */
  readonly faults: (id: string, times: number) => boolean;
}

const MAX_ANSWER_CHARS = 256 * 1024 * 1024;

/** Directive → plan; without one, a friendly answer that says what it is and repeats what the person typed. */
export function planTurn(directive: Directive | undefined, input: PlanInput): TurnPlan {
  const d: Directive = directive ?? { text: defaultAnswer(input.prompts[input.prompts.length - 1] ?? '') };
  const tools = d.tools ?? [];
  const native = (call: ToolCall): boolean =>
    d.toolFormat === 'native' || (d.toolFormat === undefined && input.nativeNames.includes(call.name));
  const writtenTools = tools.filter((call) => !native(call));
  const format = d.toolFormat === undefined || d.toolFormat === 'native' ? 'action' : d.toolFormat;

  const text = answerText(d, tools.length > 0, input);
  const written = writtenTools.length > 0 ? renderToolCalls(writtenTools, format) : '';
  return {
    reasoning: d.reasoning ?? '',
    segments: [text === '' || written === '' ? text : `${text}\n\n`, written].filter((segment) => segment !== ''),
    chunks: Math.max(1, d.chunks ?? 4),
    nativeTools: tools.filter(native),
    agentPlan: d.plan ?? [],
    overwrite: d.overwrite,
    finish: d.finish ?? 'stop',
    usage: d.usage,
    fault: dueFault(d, input),
    silence: d.silence ?? false,
    delayMs: d.delayMs ?? 0,
    firstDelayMs: d.firstDelayMs ?? 0,
  };
}

function answerText(d: Directive, hasTools: boolean, input: PlanInput): string {
  switch (d.echo) {
    case 'transcript':
      return toLookAlikes(input.prompts.join('\n'));
    case 'images':
      return String(input.images);
    case 'facts':
      return factsOf(input);
    case 'prompt-chars':
      return String((input.prompts[input.prompts.length - 1] ?? '').length);
    default: {
      const text = d.text ?? (hasTools ? '' : 'ok');
      const repeat = d.repeat ?? 1;
      return text.repeat(text.length * repeat > MAX_ANSWER_CHARS ? Math.floor(MAX_ANSWER_CHARS / text.length) : repeat);
    }
  }
}

/** A word that tests put into prompts, results and answers to see whether it is remembered. */
const FACT = /\bfact-[\w-]{1,60}/g;

/**
 * All facts that the session has heard or said, in order, as a number and a digest: the same for a session that was told turn by turn
 * and for one that was told everything at once, and different where something is missing, doubled or out of order.
 */
function factsOf({ prompts, answers }: PlanInput): string {
  const digest = createHash('sha256');
  let count = 0;
  prompts.forEach((prompt, index) => {
    for (const text of [prompt, answers[index] ?? '']) {
      for (const [fact] of text.matchAll(FACT)) {
        digest.update(`${fact}\n`);
        count += 1;
      }
    }
  });
  return `${count} facts: ${digest.digest('hex').slice(0, 16)}`;
}

/** The first fault that will strike, if this turn is among those it strikes in. */
function dueFault(d: Directive, input: PlanInput): Fault | undefined {
  const faults: Fault[] = [];
  if (d.error !== undefined) {
    const { status, afterChunks, form, code, data, members } = d.error;
    const message = d.error.message ?? (status === 408 ? 'timeout' : 'error');
    faults.push({ kind: 'error', afterChunks, form, status, message, code, data, members });
  }
  if (d.dropAfterChunks !== undefined) faults.push({ kind: 'drop', afterChunks: d.dropAfterChunks });
  if (d.dieAfterChunks !== undefined) faults.push({ kind: 'die', afterChunks: d.dieAfterChunks });
  faults.sort((a, b) => a.afterChunks - b.afterChunks);
  const first = faults[0];
  if (first === undefined || d.times === undefined) return first;
  return input.faults(d.id ?? JSON.stringify(d), d.times) ? first : undefined;
}

/** Backticks, `<` and `{` replaced by look-alikes, so that an echo is never taken for a tool call. */
export function toLookAlikes(text: string): string {
  return text.replaceAll('`', 'ˋ').replaceAll('<', '‹').replaceAll('{', '❴');
}

const MAX_REPEATED_CHARS = 2000;

function defaultAnswer(prompt: string): string {
  const [...characters] = ownText(prompt).slice(0, 2 * MAX_REPEATED_CHARS);
  const text = characters.slice(0, MAX_REPEATED_CHARS).join('');
  return `Hello! I am the Lingma simulator, not a language model. You wrote: ${toLookAlikes(text)}`;
}

/** Cuts a text into at most `count` pieces of about the same size, never within a code point, never empty. */
export function* cutText(text: string, count: number): Generator<string> {
  const pieces = Math.min(count, text.length);
  let from = 0;
  for (let i = 1; i <= pieces; i += 1) {
    const to = i === pieces ? text.length : codePointEdge(text, Math.round((i * text.length) / pieces));
    if (to <= from) continue;
    yield text.slice(from, to);
    from = to;
  }
}

/** `at`, moved behind the low half when it would part a surrogate pair. */
function codePointEdge(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at;
}
