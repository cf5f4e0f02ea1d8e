/** Server-sent events of a response, parsed by a library that is not ours to break. */
import { createParser } from 'eventsource-parser';

export interface ServerSentEvent {
  readonly event?: string;
  readonly data: string;
}

export function parseSse(text: string): ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push(event === undefined ? { data } : { event, data }),
  });
  parser.feed(text);
  return events;
}
