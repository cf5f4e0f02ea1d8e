/**
 * One turn from its first event to its last.
 *
 * Over 250 lines: the order of a turn's events is one thing, and each step counts what the others need.
 */
import type { DialectEmitter, Wait } from '../dialect/dialect-emitter.js';
import type { Lingma } from '../process/process-state.js';
import { roughTokens } from '../text/rough-tokens.js';
import { type EarlyFailure, PRICING_TEXT } from './early-failure.js';
import type { Failure, FailureForm } from './failure.js';
import { strikeEnd, strikeWire } from './strike-wire.js';
import { type Turn, TurnInterrupted } from './turn.js';
import { cutText, type Fault, type TurnPlan } from './turn-plan.js';
import { isEndFault, isWireFault } from './wire-fault.js';

/** What `runTurn` needs to know. */
export interface TurnScript {
  readonly plan: TurnPlan;
  readonly emitter: DialectEmitter;
  readonly earlyFailure: EarlyFailure | undefined;
}

/** Without a delay, this many deltas go out before the event loop gets its turn. */
const BATCH = 64;

/** Plays one turn to its end; being stopped or abandoned is an end too. */
export async function runTurn(lingma: Lingma, turn: Turn, script: TurnScript): Promise<void> {
  const { stats } = lingma.recorder;
  stats.turnsStarted += 1;
  stats.turnsActive += 1;
  lingma.turns.set(turn.requestId, turn);
  try {
    await new TurnPlayer(lingma, turn, script).play();
  } catch (cause) {
    // Nobody waits for a turn: whatever a prompt manages to break ends that turn and not the process.
    if (!(cause instanceof TurnInterrupted)) breakOff(lingma, script.emitter, cause);
  } finally {
    lingma.turns.delete(turn.requestId);
    turn.record.finished = turn.interruption === 'none' && turn.record.error === undefined;
    stats.turnsActive -= 1;
    if (turn.interruption === 'abandoned') {
      stats.turnsAbandoned += 1;
      lingma.log(`Client ${turn.client.id} is closed, ignore request`);
    } else {
      stats.turnsFinished += 1;
      const seconds = Math.round(performance.now() - turn.startedAt) / 1000;
      lingma.log(`finish chat answer requestId: ${turn.requestId} cost: ${seconds}s`);
    }
  }
}

function breakOff(lingma: Lingma, emitter: DialectEmitter, cause: unknown): void {
  lingma.log(`turn failed: ${cause instanceof Error ? cause.message : 'unknown'}`);
  try {
    emitter.fail({ status: 500, message: 'error' }, 'finish');
  } catch {
    // Not even that can be said: the client's own time-out ends it.
  }
}

class TurnPlayer {
  readonly #lingma: Lingma;
  readonly #turn: Turn;
  readonly #script: TurnScript;
  /** Answer deltas sent, and what they make up. */
  #sent = 0;
  #started = false;
  #struck = false;
  #spokenPrefix = '';
  #spokenChars = 0;
  #thought = '';

  constructor(lingma: Lingma, turn: Turn, script: TurnScript) {
    this.#lingma = lingma;
    this.#turn = turn;
    this.#script = script;
  }

  async play(): Promise<void> {
    const turn = this.#turn;
    try {
      const wait = this.#script.earlyFailure?.form === 'rpc-error' ? undefined : this.#script.emitter.open();
      if (wait) await turn.until(wait);
      await this.#speak();
    } catch (cause) {
      if (!(cause instanceof TurnInterrupted) || turn.interruption !== 'stopped') throw cause;
      this.#endStopped();
    } finally {
      this.#lingma.sessions.completeRecord(turn.session, turn.record, {
        answer: this.#fullAnswer(),
        reasoning: this.#thought,
      });
    }
  }

  async #speak(): Promise<void> {
    const { plan, emitter, earlyFailure } = this.#script;
    if (earlyFailure !== undefined) return this.#hinder(earlyFailure);
    if (plan.silence) return this.#keepSilent();
    if (plan.firstDelayMs > 0) await this.#turn.sleep(plan.firstDelayMs);
    if (plan.fault?.afterChunks === 0 && !(await this.#strike(plan.fault))) return;

    await this.#think();
    if (plan.agentPlan.length > 0) {
      this.#turn.record.plan = plan.agentPlan;
      await this.#settle(emitter.plan(plan.agentPlan));
    }
    if (!(await this.#sayAnswer())) return;

    for (const call of plan.nativeTools) await emitter.tool(call);
    if (plan.overwrite !== undefined) {
      emitter.overwrite(plan.overwrite);
      this.#spokenPrefix = plan.overwrite;
      this.#spokenChars = 0;
    }
    if (plan.finish === 'content_filter') {
      if (this.#lingma.switches.filter === 'finish') {
        return this.#fail({ status: 400, message: 'content_filter' }, 'finish');
      }
      emitter.filtered();
      this.#spokenPrefix = '';
      this.#spokenChars = 0;
    }
    this.#reportUsage();
    await this.#end();
  }

  async #think(): Promise<void> {
    const { plan, emitter } = this.#script;
    if (plan.reasoning === '' || emitter.thinking === 'none') return;
    this.#thought = plan.reasoning;
    if (emitter.thinking === 'events') {
      for (const delta of cutText(plan.reasoning, plan.chunks)) {
        await this.#pace();
        await this.#settle(emitter.thought(delta));
      }
      emitter.thoughtEnd();
      return;
    }
    const text =
      emitter.thinking === 'fence'
        ? `\n\`\`\`\`think::{THINK_TIME}\n${plan.reasoning}\n\`\`\`\`\n`
        : `<think>\n${plan.reasoning}\n</think>\n\n`;
    this.#spokenPrefix = text;
    for (const delta of cutText(text, plan.chunks + 2)) {
      await this.#pace();
      await this.#settle(emitter.answer(delta));
    }
  }

  /** False when a fault ended the turn. */
  async #sayAnswer(): Promise<boolean> {
    const { plan, emitter } = this.#script;
    for (const segment of plan.segments) {
      for (const delta of cutText(segment, plan.chunks)) {
        if (plan.fault?.afterChunks === this.#sent && !(await this.#strike(plan.fault))) return false;
        // The hot path: a promise only where there is something to wait for.
        if (plan.delayMs > 0) await this.#pace();
        const wait = emitter.answer(delta);
        this.#sent += 1;
        this.#spokenChars += delta.length;
        if (wait !== undefined) await this.#settle(wait);
        else if (this.#sent % BATCH === 0) await this.#turn.breathe();
      }
    }
    return plan.fault === undefined || isEndFault(plan.fault.kind) || (await this.#strike(plan.fault));
  }

  /** The wait between two deltas; none before the first. */
  async #pace(): Promise<void> {
    if (this.#started && this.#script.plan.delayMs > 0) await this.#turn.sleep(this.#script.plan.delayMs);
    this.#started = true;
  }

  async #settle(wait: Wait): Promise<void> {
    if (wait !== undefined) await this.#turn.until(wait);
  }

  /** Once; true: the turn goes on. */
  async #strike(fault: Fault): Promise<boolean> {
    if (this.#struck) return true;
    this.#struck = true;
    const { switches, recorder } = this.#lingma;
    recorder.countFault(fault.kind);
    if (isWireFault(fault.kind)) {
      const after = strikeWire(fault.kind, {
        client: this.#turn.client,
        emitter: this.#script.emitter,
        frames: switches,
      });
      if (after === 'gone') this.#turn.abandon();
      else if (after === 'silent') await this.#keepSilent();
      else await this.#settle(this.#turn.client.writable());
      return after === 'on';
    }
    if (fault.kind === 'error') {
      this.#fail(fault, fault.form ?? switches.errorForm);
    } else {
      this.#turn.client.cut(switches.cut === 'mid-frame');
      this.#turn.abandon();
      if (fault.kind === 'die') this.#lingma.die();
    }
    return false;
  }

  async #end(): Promise<void> {
    const { plan, emitter } = this.#script;
    const finish = (): void => void emitter.finish(plan.finish, this.#fullAnswer());
    const fault = plan.fault?.kind;
    if (!isEndFault(fault)) return finish();
    this.#lingma.recorder.countFault(fault);
    if (strikeEnd(fault, emitter, finish) === 'silent') await this.#keepSilent();
  }

  #hinder(earlyFailure: EarlyFailure): void | Promise<void> {
    const { emitter } = this.#script;
    const { failure, form } = earlyFailure;
    if (form === 'silence') return this.#keepSilent();
    if (form === 'finish-112') {
      emitter.answer(PRICING_TEXT);
      this.#spokenPrefix = PRICING_TEXT;
      return this.#fail({ status: 112, message: 'error', members: { fullAnswer: PRICING_TEXT } }, 'finish');
    }
    if (form !== 'text') return this.#fail(failure, form);
    emitter.answer(failure.message);
    this.#spokenPrefix = failure.message;
    emitter.finish('stop', failure.message);
  }

  #fail(failure: Failure, form: FailureForm): void {
    this.#turn.record.error = failure;
    this.#script.emitter.fail(failure, form);
  }

  async #keepSilent(): Promise<void> {
    await this.#turn.interrupted;
    this.#turn.check();
  }

  #endStopped(): void {
    const { emitter } = this.#script;
    const { stop } = this.#lingma.switches;
    if (stop === 'nothing') return;
    if (stop === 'late') {
      emitter.answer('(late ');
      emitter.answer('text)');
    }
    emitter.finish('cancelled', this.#fullAnswer());
  }

  #reportUsage(): void {
    const { plan, emitter } = this.#script;
    const prompt = plan.usage?.input ?? roughTokens(this.#turn.record.question);
    const completion = plan.usage?.output ?? roughTokens(this.#fullAnswer());
    emitter.usage(prompt + completion, plan.usage !== undefined);
    const counts = { completion_tokens: completion, prompt_tokens: prompt, request_id: this.#turn.requestId };
    this.#lingma.log(`[TOKEN_USAGE]: ${JSON.stringify({ ...counts, total_tokens: prompt + completion })}`);
  }

  /** Cut from the plan, not collected: ten thousand deltas must not become a rope of ten thousand strings. */
  #fullAnswer(): string {
    if (this.#spokenChars === 0) return this.#spokenPrefix;
    return this.#spokenPrefix + this.#script.plan.segments.join('').slice(0, this.#spokenChars);
  }
}
