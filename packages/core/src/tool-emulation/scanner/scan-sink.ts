/** Where the scanner's findings go, in the order of the text. */
import type { AcceptedCall } from '../call/accept-call.js';
import type { PartialCall } from './partial-call.js';

export interface ScanSink {
  text(text: string): void;
  call(call: AcceptedCall): void;
  /** The answer was cut inside this call. */
  partial(call: PartialCall): void;
  /** The model went on with results of its own invention: nothing behind this counts. */
  invented(): void;
}
