/**
 * The one tap on a turn's events: what the log line, the numbers, the debug ring and the trace know of a turn comes from
 * here. Changes nothing. An event costs a `switch`, a batch one look at the clock, and neither makes anything.
 */
import { type ChatEvent, type ChatWarning, settleFinish, type Usage } from '../../chat/index.js';
import { monotonicNow } from '../../util/index.js';
import type { RequestContext } from '../request-context.js';
import { AnswerNotes } from './answer-notes.js';
import { INTER_TOKEN_BOUNDS } from './counters.js';
import type { ToolCallFormat, TurnFacts } from './finished-request.js';
import { shorten } from './log-reason.js';
import { Distribution } from './series.js';

/** Warnings in one line of the log. */
const MAX_LOGGED = 20;
/** Tokens of a character: of words, and of ideographs. Only turns that were cut off are measured by it. */
const PLAIN = 0.25;
const WIDE = 0.8;
const FIRST_WIDE = 0x2e80;

export class TurnRecorder {
  /** True after `response-end`: a turn that stops without it was cut off. */
  ended = false;
  readonly #context: RequestContext;
  readonly #warnings: ChatWarning[];
  /** The log says of the end what the client is told. */
  readonly #settle = settleFinish();
  readonly #notes: AnswerNotes | undefined;
  readonly #interToken = new Distribution(INTER_TOKEN_BOUNDS);
  readonly #toolCalls: Record<ToolCallFormat, number> = { native: 0, text: 0, upstream: 0 };
  #firstTokenMs: number | undefined;
  #responseId: string | undefined;
  #usage: Usage | undefined;
  #start: Extract<ChatEvent, { type: 'response-start' }> | undefined;
  #plainLength = 0;
  #wideLength = 0;
  /** The batch at hand had content. */
  #hasContent = false;
  #lastContentAt = 0;
  #finished = false;

  constructor(context: RequestContext, requestWarnings: readonly ChatWarning[]) {
    this.#context = context;
    this.#warnings = [...requestWarnings];
    context.times.turnAt = monotonicNow(context.clock);
    if (context.observer?.keepsBodies === true) this.#notes = new AnswerNotes();
  }

  /** Those of the request first, then those the turn began with. */
  get warnings(): readonly ChatWarning[] {
    return this.#warnings;
  }

  push(event: ChatEvent): void {
    switch (event.type) {
      // Nearly all are of these kinds, which are nothing to the reason why an answer ends.
      case 'text-delta':
      case 'reasoning-delta':
        this.#hasContent = true;
        this.#measure(event.delta);
        break;
      case 'tool-input-delta':
        this.#measure(event.delta);
        break;
      default:
        this.#pushRare(event);
    }
    this.#notes?.push(event);
  }

  #measure(delta: string): void {
    if (delta.charCodeAt(0) >= FIRST_WIDE) this.#wideLength += delta.length;
    else this.#plainLength += delta.length;
  }

  #pushRare(passing: ChatEvent): void {
    const event = this.#settle(passing);
    switch (event.type) {
      case 'tool-input-start':
        this.#hasContent = true;
        this.#toolCalls[event.executedBy === 'upstream' ? 'upstream' : this.#context.toolFormat]++;
        break;
      case 'response-start':
        this.#responseId = event.responseId;
        this.#context.record.upstreamModel = event.model;
        // Counted when it is read: a long prompt costs more than all else that is done here.
        this.#start = event;
        this.#addWarnings(event.warnings);
        break;
      case 'response-end': {
        this.ended = true;
        const { record } = this.#context;
        this.#usage = event.usage;
        record.inputTokens = event.usage.inputTokens;
        record.outputTokens = event.usage.outputTokens;
        record.finishReason = event.finishReason;
        this.#context.principal.limiter?.spend(event.usage.inputTokens + event.usage.outputTokens);
        break;
      }
    }
  }

  /** Behind the events of one read: what came together was seen together. */
  endBatch(): void {
    if (!this.#hasContent) return;
    this.#hasContent = false;
    const { record, clock, startedAt } = this.#context;
    const now = monotonicNow(clock);
    if (this.#firstTokenMs === undefined) {
      this.#firstTokenMs = now - startedAt;
      record.ttftMs = Math.round(this.#firstTokenMs);
    } else this.#interToken.observe((now - this.#lastContentAt) / 1000);
    this.#lastContentAt = now;
  }

  /** A channel may hand the request's own warnings through; each is told once. */
  #addWarnings(warnings: readonly ChatWarning[]): void {
    for (const warning of warnings) {
      const known = this.#warnings.some(({ type, subject }) => type === warning.type && subject === warning.subject);
      if (!known) this.#warnings.push(warning);
    }
  }

  /** The turn is over, whether or not it came to its end: one that was cut off has cost something, too. Once. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const { times, clock, record, principal } = this.#context;
    times.turnEndedAt = monotonicNow(clock);
    if (!this.ended && this.#responseId !== undefined) {
      this.#usage = this.#usageSoFar();
      record.inputTokens = this.#usage.inputTokens;
      record.outputTokens = this.#usage.outputTokens;
      principal.limiter?.spend(this.#usage.inputTokens + this.#usage.outputTokens);
    }
    this.#logWarnings();
  }

  get facts(): TurnFacts {
    return {
      ended: this.ended,
      ...(this.#responseId !== undefined && { responseId: this.#responseId }),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#firstTokenMs !== undefined && { firstTokenSeconds: this.#firstTokenMs / 1000 }),
      interToken: this.#interToken,
      toolCalls: this.#toolCalls,
      ...(this.#notes !== undefined && { answer: this.#notes.toJson() }),
    };
  }

  #usageSoFar(): Usage {
    const estimated = this.#plainLength * PLAIN + this.#wideLength * WIDE;
    return {
      inputTokens: this.#start?.inputTokens ?? 0,
      outputTokens: estimated === 0 ? 0 : Math.max(1, Math.round(estimated)),
      origin: 'estimated',
    };
  }

  /** One line for all of them: clients that send the same unknown field every time must not flood the log. */
  #logWarnings(): void {
    if (this.#warnings.length === 0) return;
    this.#context.logger.warn('request warnings', {
      warnings: this.#warnings
        .slice(0, MAX_LOGGED)
        .map(({ type, subject, message }) => shorten(`${type}: ${subject}: ${message}`)),
      ...(this.#warnings.length > MAX_LOGGED && { further: this.#warnings.length - MAX_LOGGED }),
    });
  }
}
