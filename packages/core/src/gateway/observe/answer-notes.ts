/** What a turn answered, for the debug ring: the beginning of each text and the calls. Only where bodies are kept. */
import type { ChatEvent } from '../../chat/index.js';
import { type JsonObject, type JsonValue, redactValue } from '../../util/index.js';

/** Characters of one text or input that are kept, a little more than are shown. */
const MAX_TEXT = 4_000;
const MAX_CALLS = 100;

interface Note {
  text: string;
  length: number;
}

export class AnswerNotes {
  readonly #text: Note = { text: '', length: 0 };
  readonly #reasoning: Note = { text: '', length: 0 };
  /** Bounded by {@link MAX_CALLS}. */
  readonly #calls = new Map<string, { readonly name: string; readonly input: Note }>();

  push(event: ChatEvent): void {
    if (event.type === 'text-delta') add(this.#text, event.delta);
    else if (event.type === 'reasoning-delta') add(this.#reasoning, event.delta);
    else if (event.type === 'tool-input-start' && this.#calls.size < MAX_CALLS) {
      this.#calls.set(event.id, { name: event.toolName, input: { text: '', length: 0 } });
    } else if (event.type === 'tool-input-delta') {
      const call = this.#calls.get(event.id);
      if (call !== undefined) add(call.input, event.delta);
    }
  }

  toJson(): JsonValue {
    const calls: JsonObject[] = [...this.#calls.values()].map(({ name, input }) => ({ name, input: shown(input) }));
    return redactValue({
      text: shown(this.#text),
      ...(this.#reasoning.length > 0 && { reasoning: shown(this.#reasoning) }),
      ...(calls.length > 0 && { tool_calls: calls }),
    });
  }
}

function add(note: Note, delta: string): void {
  note.length += delta.length;
  if (note.text.length < MAX_TEXT) note.text += delta.slice(0, MAX_TEXT - note.text.length);
}

const shown = ({ text, length }: Note): string => (length > text.length ? `${text}…(+${length - text.length})` : text);
