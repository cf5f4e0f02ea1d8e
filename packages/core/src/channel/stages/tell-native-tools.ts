/**
 * Calls that ran upstream, told as thoughts. Clients run whatever looks like a call to them, and none of the protocols has
 * a form for foreign tools that all clients leave alone; a thought is shown or hidden, and never run.
 */
import type { ChatEvent, EmitEvent, EventStage } from '../../chat/index.js';

/** Characters of a call's input that are told. */
const MAX_SHOWN = 500;

/** The events themselves pass as they are; encoders leave them out. */
export function tellNativeTools(): EventStage {
  /** The call that is open; its input as far as it is told. */
  let open: { readonly id: string; readonly name: string; input: string } | undefined;
  const names = new Map<string, string>();
  let told = 0;
  const tell = (delta: string, emit: EmitEvent): void => {
    const id = `native-tool-${++told}`;
    emit({ type: 'reasoning-start', id });
    emit({ type: 'reasoning-delta', id, delta });
    emit({ type: 'reasoning-end', id });
  };
  return {
    push(event: ChatEvent, emit: EmitEvent) {
      emit(event);
      switch (event.type) {
        case 'tool-input-start':
          if (event.executedBy === 'upstream') open = { id: event.id, name: event.toolName, input: '' };
          return;
        case 'tool-input-delta':
          if (open !== undefined) open.input = (open.input + event.delta).slice(0, MAX_SHOWN + 1);
          return;
        case 'tool-input-end':
          if (open === undefined) return;
          names.set(open.id, open.name);
          tell(`Lingma’s own tool ${open.name}, not run by this gateway: ${shown(open.input)}\n`, emit);
          open = undefined;
          return;
        case 'tool-result':
          tell(`Lingma’s own tool ${names.get(event.toolCallId) ?? ''} ${event.isError ? 'failed' : 'ended'}.\n`, emit);
      }
    },
  };
}

function shown(input: string): string {
  return input.length > MAX_SHOWN ? `${input.slice(0, MAX_SHOWN)}…` : input;
}
