/** A turn's events as the bytes of one protocol: one string for every batch. */
import { type ChatEvent, toEventStream, toGatewayError } from '../../chat/index.js';
import type { ResponseOptions, WireProtocol } from '../protocol.js';

export async function* encodeEventStream(
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
