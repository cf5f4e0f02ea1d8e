/** A turn's events as the bytes of one protocol, for people who use the translators without the gateway around them. */
import { type ChatEvent, toEventStream, toGatewayError } from '../../chat/index.js';
import type { ResponseOptions, WireProtocol } from '../protocol.js';

/**
 * One string for every batch of events. Never throws for a failed turn: the failure is told in the protocol's own
 * words, as the last string. Stopping early closes `events`.
 *
 * @example
 * for await (const frames of encodeStream(openaiChat, events, parsed.response)) response.write(frames);
 */
export async function* encodeStream(
  protocol: WireProtocol,
  events: AsyncIterable<ChatEvent> | Iterable<ChatEvent>,
  response: ResponseOptions,
): AsyncGenerator<string, void, void> {
  const encoder = protocol.createStreamEncoder(response);
  const stream = toEventStream(events);
  try {
    for (let batch = await stream.read(); batch !== undefined; batch = await stream.read()) {
      let frames = '';
      for (const event of batch) frames += encoder.push(event);
      if (frames !== '') yield frames;
    }
  } catch (error) {
    yield encoder.fail(toGatewayError(error));
    return;
  } finally {
    await stream.close();
  }
  const last = encoder.end();
  if (last !== '') yield last;
}
