/** What the start of an answer tells of: the channel's own warnings are added, and one of them may be reason to refuse. */
import { type ChatWarning, type EventStage, GatewayError, withWarnings } from '../../chat/index.js';

export function addWarnings(warnings: readonly ChatWarning[]): EventStage {
  return {
    push(event, emit) {
      emit(event.type === 'response-start' ? withWarnings(event, [...event.warnings, ...warnings]) : event);
    },
  };
}

/** Only the client sees whether the model has eyes and the upload goes well; it says so before the answer begins. */
export function refuseWithoutImages(): EventStage {
  return {
    push(event, emit) {
      const told =
        event.type === 'response-start' ? event.warnings.find(({ leftOut }) => leftOut?.type === 'image') : undefined;
      if (told?.leftOut !== undefined) throw new GatewayError('invalid_request', told.leftOut.reason);
      emit(event);
    },
  };
}
