/** The stream of a summarising turn: one `compaction` item, sent when the summary is whole. */
import type { ChatEvent, GatewayError } from '../../../chat/index.js';
import type { FrameEncoder } from '../../response/stream-encoder.js';
import { noSummary } from '../request/compaction.js';

/** What the model said before the summary was whole is nothing to the client, so there is only silence till then. */
export class CompactionEncoder implements FrameEncoder {
  /** Bounded by what one turn may answer. */
  #blocks: string[] = [];

  /** @param inner shows text as a compaction item */
  constructor(private readonly inner: FrameEncoder) {}

  get keepAlive(): string {
    return this.inner.keepAlive;
  }

  get trailer(): string {
    return this.inner.trailer;
  }

  /** @throws GatewayError `output_mismatch` at the end of a turn that said nothing */
  encode(event: ChatEvent): string {
    switch (event.type) {
      case 'response-start':
        return this.inner.encode(event);
      case 'text-start':
        this.#blocks.push('');
        return '';
      case 'text-delta':
        this.#blocks.push(`${this.#blocks.pop() ?? ''}${event.delta}`);
        return '';
      case 'text-end':
        if (event.retracted === true) this.#blocks.pop();
        return '';
      case 'response-end': {
        const delta = this.#blocks.join('');
        if (delta.trim() === '') throw noSummary();
        const id = 'summary';
        const whole: ChatEvent[] = [
          { type: 'text-start', id },
          { type: 'text-delta', id, delta },
          { type: 'text-end', id },
          event,
        ];
        return whole.map((each) => this.inner.encode(each)).join('');
      }
      default:
        return '';
    }
  }

  encodeFailure(error: GatewayError): string {
    return this.inner.encodeFailure(error);
  }
}
