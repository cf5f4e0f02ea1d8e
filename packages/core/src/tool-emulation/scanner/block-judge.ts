/** Reads what may be a call, within what that may cost, and tells a call from the repetition of one. */

import type { Reading } from '../block/block.js';
import { BARE } from '../block/value-block.js';
import type { HeldBlock } from './held-block.js';
import type { ScanWork } from './scan-work.js';

export class BlockJudge {
  readonly #work: ScanWork;
  readonly #isEcho: (block: string) => boolean;

  /** @param isEcho whether a call, as written, only repeats what the model was shown */
  constructor(work: ScanWork, isEcho: (block: string) => boolean) {
    this.#work = work;
    this.#isEcho = isEcho;
  }

  read(held: HeldBlock, at: 'mark' | 'end' | 'limit', position: number): Reading {
    if (!this.#work.allows(position)) return { type: 'none' };
    const raw = held.text();
    const reading = held.block.read(raw, at);
    if (reading.type !== 'calls') this.#work.readInVain(raw.length, reading.type === 'open');
    return reading;
  }

  /** Demanded input without a name or a mark is what was asked for, wherever else it stands. */
  isEcho(held: HeldBlock, { items, end }: Extract<Reading, { type: 'calls' }>): boolean {
    const raw = held.text();
    const isNamed = items.some((item) => typeof item === 'object' && raw.includes(item.tool.name));
    return (isNamed || held.block.endKey !== BARE) && this.#isEcho(raw.slice(0, end));
  }
}
