/**
 * Ends an answer at `maxOutputTokens`, which Lingma has no setting for: the text is cut where the limit falls, what is
 * open is closed, and the upstream is stopped. Thoughts and tool calls count like any other output.
 */
import {
  type BlockEvent,
  type ChatEvent,
  type EmitEvent,
  type EventStage,
  type TokenCounter,
  UsageMeter,
} from '../../chat/index.js';
import { TokenBudget } from './token-budget.js';

type BlockStart = Extract<BlockEvent, { type: 'text-start' | 'reasoning-start' | 'tool-input-start' }>;
type BlockDelta = Extract<BlockEvent, { delta: string }>;

/** Stands before tool emulation, which needs to see where the model was cut off. */
export function limitOutput(maxOutputTokens: number, counter: TokenCounter): EventStage {
  return new OutputLimit(maxOutputTokens, counter);
}

class OutputLimit implements EventStage {
  done = false;
  readonly #limit: number;
  readonly #budget: TokenBudget;
  readonly #meter: UsageMeter;
  /** Held until something of the block fits: an answer must not end with an empty block. */
  #start: BlockStart | undefined;

  constructor(limit: number, counter: TokenCounter) {
    this.#limit = limit;
    this.#budget = new TokenBudget(limit, counter);
    this.#meter = new UsageMeter(counter);
  }

  push(event: ChatEvent, emit: EmitEvent): void {
    switch (event.type) {
      case 'text-start':
      case 'reasoning-start':
      case 'tool-input-start':
        this.#start = event;
        return;
      case 'text-delta':
      case 'reasoning-delta':
      case 'tool-input-delta':
        this.#delta(event, emit);
        return;
      default:
        this.#passStart(emit);
        this.#meter.push(event);
        emit(event);
    }
  }

  flush(emit: EmitEvent): void {
    this.#passStart(emit);
  }

  #delta(event: BlockDelta, emit: EmitEvent): void {
    const fitting = this.#budget.take(event.delta);
    if (fitting === event.delta.length) {
      this.#passStart(emit);
      this.#meter.push(event);
      emit(event);
      return;
    }
    if (fitting > 0) {
      const cut: BlockDelta = { ...event, delta: event.delta.slice(0, fitting) };
      this.#passStart(emit);
      this.#meter.push(cut);
      emit(cut);
    }
    // Without a fitting piece and with the start still held, nothing of this block was ever said.
    if (this.#start === undefined) emit(endOf(event));
    this.#start = undefined;
    this.done = true;
    emit({ type: 'response-end', finishReason: 'length', usage: this.#meter.usage(this.#limit) });
  }

  #passStart(emit: EmitEvent): void {
    const start = this.#start;
    if (start === undefined) return;
    this.#start = undefined;
    emit(start);
  }
}

function endOf({ type, id }: BlockDelta): BlockEvent {
  if (type === 'text-delta') return { type: 'text-end', id };
  if (type === 'reasoning-delta') return { type: 'reasoning-end', id };
  return { type: 'tool-input-end', id, incomplete: true };
}
