/** An answer in one piece, with a bound. */

import { MAX_WHOLE_BYTES, tooLarge } from './answer-stream.js';
import { type ExchangeRequest, openExchange, type ResponseHead } from './exchange.js';
import { refusalFailure } from './failure.js';

export interface WholeAnswer {
  readonly contentType: string;
  readonly bytes: Buffer;
}

/** Bytes of a refusal that are read. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** @throws UpstreamFailure for everything but a 2xx, or the signal's reason */
export function fetchWhole(request: ExchangeRequest, secrets: readonly string[]): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let head: ResponseHead | undefined;
    const settle = (): void => {
      if (head === undefined) return;
      const bytes = Buffer.concat(chunks);
      const { status, statusText, header } = head;
      if (status < 300) resolve({ contentType: header('content-type') ?? 'application/json', bytes });
      else
        reject(
          refusalFailure({
            status,
            statusText,
            header,
            body: bytes.toString('utf8'),
            secrets,
            now: request.clock.now(),
          }),
        );
    };
    const exchange = openExchange(request, {
      head(received) {
        head = received;
      },
      data(chunk) {
        bytes += chunk.byteLength;
        chunks.push(chunk);
        const isRefusal = (head?.status ?? 0) >= 300;
        if (bytes > (isRefusal ? MAX_REFUSAL_BYTES : MAX_WHOLE_BYTES)) {
          exchange.abort();
          if (isRefusal) settle();
          else reject(tooLarge());
        }
        return true;
      },
      end(error) {
        if (error === undefined) settle();
        else reject(error);
      },
    });
  });
}
