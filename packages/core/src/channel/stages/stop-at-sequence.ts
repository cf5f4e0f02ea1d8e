/**
 * Ends an answer at a stop sequence, which Lingma has no setting for. The sequence itself is never shown, also when it
 * arrives in pieces: only what may be its beginning is held back. Thoughts and tool calls are not searched.
 */
import { type ChatEvent, type EmitEvent, type EventStage, type TokenCounter, UsageMeter } from '../../chat/index.js';

/** Stands after tool emulation: clients stop on what they see, not on how a model spells its calls. */
export function stopAtSequence(sequences: readonly string[], counter: TokenCounter): EventStage {
  return new StopSearch(
    sequences.filter((sequence) => sequence !== ''),
    counter,
  );
}

class StopSearch implements EventStage {
  done = false;
  readonly #sequences: readonly string[];
  readonly #meter: UsageMeter;
  #held = '';

  constructor(sequences: readonly string[], counter: TokenCounter) {
    this.#sequences = sequences;
    this.#meter = new UsageMeter(counter);
  }

  push(event: ChatEvent, emit: EmitEvent): void {
    if (event.type === 'text-delta') {
      this.#search(event.id, this.#held + event.delta, emit);
      return;
    }
    if (event.type === 'text-end') this.#release(event.id, emit);
    this.#pass(event, emit);
  }

  #search(id: string, text: string, emit: EmitEvent): void {
    const hit = firstHit(text, this.#sequences);
    if (hit === undefined) {
      const kept = heldLength(text, this.#sequences);
      this.#held = text.slice(text.length - kept);
      this.#text(id, text.slice(0, text.length - kept), emit);
      return;
    }
    this.#held = '';
    this.#text(id, text.slice(0, hit.start), emit);
    this.done = true;
    emit({ type: 'text-end', id });
    emit({ type: 'response-end', finishReason: 'stop', stopSequence: hit.sequence, usage: this.#meter.usage() });
  }

  #release(id: string, emit: EmitEvent): void {
    this.#text(id, this.#held, emit);
    this.#held = '';
  }

  #text(id: string, delta: string, emit: EmitEvent): void {
    if (delta !== '') this.#pass({ type: 'text-delta', id, delta }, emit);
  }

  #pass(event: ChatEvent, emit: EmitEvent): void {
    this.#meter.push(event);
    emit(event);
  }
}

/** The sequence that is complete first, however the text was cut; of several that end together the longest. */
function firstHit(
  text: string,
  sequences: readonly string[],
): { readonly start: number; readonly sequence: string } | undefined {
  let hit: { readonly start: number; readonly sequence: string } | undefined;
  for (const sequence of sequences) {
    const start = text.indexOf(sequence);
    if (start < 0) continue;
    const sooner = hit === undefined ? -1 : start + sequence.length - (hit.start + hit.sequence.length);
    if (hit === undefined || sooner < 0 || (sooner === 0 && start < hit.start)) hit = { start, sequence };
  }
  return hit;
}

/** Length of the longest end of `text` that a sequence begins with. */
function heldLength(text: string, sequences: readonly string[]): number {
  let longest = 0;
  for (const sequence of sequences) {
    for (let length = Math.min(sequence.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(sequence.slice(0, length))) longest = length;
    }
  }
  return longest;
}
