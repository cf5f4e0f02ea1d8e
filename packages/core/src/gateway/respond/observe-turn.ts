/** Watches a turn's events go by, fills in the request's log line and counts what its key has used up; changes nothing. */
import { type ChatEvent, type ChatWarning, estimatingCounter, settleFinish } from '../../chat/index.js';
import { monotonicNow } from '../../util/index.js';
import { shorten } from '../log-reason.js';
import type { RequestContext } from '../request-context.js';

/** Warnings in one line of the log. */
const MAX_LOGGED = 20;

export class TurnObserver {
  /** True after `response-end`: a turn that stops without it was cut off. */
  ended = false;
  readonly #context: RequestContext;
  readonly #warnings: ChatWarning[];
  /** The log says of the end what the client is told. */
  readonly #settle = settleFinish();
  /** Of a turn that is not at its end, for keys with a budget: about how many tokens it took so far. */
  #tokensSoFar = 0;

  constructor(context: RequestContext, requestWarnings: readonly ChatWarning[]) {
    this.#context = context;
    this.#warnings = [...requestWarnings];
  }

  /** Those of the request first, then those the turn began with. */
  get warnings(): readonly ChatWarning[] {
    return this.#warnings;
  }

  push(passing: ChatEvent): void {
    const event = this.#settle(passing);
    switch (event.type) {
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-start': {
        const { record, clock, startedAt } = this.#context;
        record.ttftMs ??= Math.round(monotonicNow(clock) - startedAt);
        if (event.type !== 'tool-input-start') this.#count(event.delta);
        return;
      }
      case 'tool-input-delta':
        this.#count(event.delta);
        return;
      case 'response-start':
        this.#context.record.upstreamModel = event.model;
        // Counted when it is read: a long prompt costs more than all else that is done here.
        if (this.#context.principal.limiter !== undefined) this.#tokensSoFar += event.inputTokens ?? 0;
        this.#addWarnings(event.warnings);
        return;
      case 'response-end': {
        this.ended = true;
        const { record } = this.#context;
        record.inputTokens = event.usage.inputTokens;
        record.outputTokens = event.usage.outputTokens;
        record.finishReason = event.finishReason;
        this.#context.principal.limiter?.spend(event.usage.inputTokens + event.usage.outputTokens);
        return;
      }
    }
  }

  /** A channel may hand the request's own warnings through; each is told once. */
  #addWarnings(warnings: readonly ChatWarning[]): void {
    for (const warning of warnings) {
      const known = this.#warnings.some(({ type, subject }) => type === warning.type && subject === warning.subject);
      if (!known) this.#warnings.push(warning);
    }
  }

  #count(text: string): void {
    if (this.#context.principal.limiter !== undefined) this.#tokensSoFar += estimatingCounter.count(text);
  }

  /** The turn is over, whether or not it came to its end: one that was cut off has cost something, too. Once. */
  finish(): void {
    if (!this.ended) this.#context.principal.limiter?.spend(this.#tokensSoFar);
    this.#logWarnings();
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
