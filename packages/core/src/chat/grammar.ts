/**
 * Passes events through and throws where the grammar of `event.ts` breaks. It wraps every channel, in production too:
 * a decoder's mistake becomes one clear error instead of a client that hangs on a block that never ends.
 */

import { GatewayError } from './error.js';
import type { ChatEvent } from './event.js';
import type { EventStage } from './event-stage.js';

/** A stage that lets only well-formed turns pass. @throws GatewayError (through the stream) `upstream_protocol` */
export function checkGrammar(): EventStage {
  let started = false;
  let ended = false;
  let open: { readonly kind: string; readonly id: string } | undefined;
  const seen = new Set<string>();

  const broken = (event: ChatEvent, rule: string): never => {
    throw new GatewayError('upstream_protocol', 'The upstream answered out of order', {
      cause: new Error(`${event.type}: ${rule}`),
    });
  };
  const begin = (event: ChatEvent, kind: string, id: string): void => {
    if (open !== undefined) broken(event, `block ${open.id} is still open`);
    if (seen.has(id)) broken(event, `id ${id} was used before`);
    seen.add(id);
    open = { kind, id };
  };
  const inside = (event: ChatEvent, kind: string, id: string): void => {
    if (open?.id !== id || open.kind !== kind) broken(event, `block ${id} is not open`);
  };

  return {
    push(event, emit) {
      if (ended) broken(event, 'after response-end');
      if (!started && event.type !== 'response-start') broken(event, 'before response-start');
      switch (event.type) {
        case 'response-start':
          if (started) broken(event, 'twice');
          started = true;
          break;
        case 'text-delta':
          inside(event, 'text', event.id);
          break;
        case 'reasoning-delta':
          inside(event, 'reasoning', event.id);
          break;
        case 'tool-input-delta':
          inside(event, 'tool', event.id);
          break;
        case 'text-start':
          begin(event, 'text', event.id);
          break;
        case 'reasoning-start':
          begin(event, 'reasoning', event.id);
          break;
        case 'tool-input-start':
          begin(event, 'tool', event.id);
          break;
        case 'text-end':
          inside(event, 'text', event.id);
          open = undefined;
          break;
        case 'reasoning-end':
          inside(event, 'reasoning', event.id);
          open = undefined;
          break;
        case 'tool-input-end':
          inside(event, 'tool', event.id);
          open = undefined;
          break;
        case 'tool-result':
          if (open !== undefined) broken(event, `block ${open.id} is still open`);
          break;
        case 'response-end':
          if (open !== undefined) broken(event, `block ${open.id} is still open`);
          ended = true;
          break;
      }
      emit(event);
    },
  };
}
