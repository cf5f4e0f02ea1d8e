/** Tells whoever observes by which means the calls of a turn were made. */
import type { CallContext, EventStage } from '../../chat/index.js';

/** In front of the stages that look through the text: a call that is there already was made by the upstream's own means. */
export function reportNativeCalls(report: NonNullable<CallContext['report']>): EventStage {
  return {
    push(event, emit) {
      if (event.type === 'tool-input-start' && event.executedBy === 'client') report({ toolFormat: 'native' });
      emit(event);
    },
  };
}
