/**
 * What looking for calls may cost where there are none. A text of many beginnings without an end would be read again from
 * each of them; so reading is paid for by the text gone by, and where that does not suffice, text is text unread.
 */

/** A step is what passing a character on costs, some nanoseconds. Steps that every character pays for. */
const STEPS_PER_CHARACTER = 30;
/** Steps that any answer has. */
const FREE_STEPS = 300_000;
/** Looking at a character once more. */
const RESCAN = 3;
/** Reading a character of what may be a call: where it may go on, and where it is none. */
const READ_OPEN = 1;
const READ_NONE = 12;
/** Looking at the head of what is none; how much of it came at once does not count. */
const REJECTED = 1_500;
/** Finding out that something cannot be read costs this much, however short it is. */
const OPEN = 300;
const NONE = 10_000;

export class ScanWork {
  #steps = 0;

  /** Whether there is room for more at this place of the answer. It depends on the text alone. */
  allows(position: number): boolean {
    return this.#steps <= FREE_STEPS + position * STEPS_PER_CHARACTER;
  }

  rejected(): void {
    this.#steps += REJECTED;
  }

  rescanned(length: number): void {
    this.#steps += length * RESCAN;
  }

  /** A reading that came to nothing, for now or for good. */
  readInVain(length: number, isOpen: boolean): void {
    this.#steps += isOpen ? length * READ_OPEN + OPEN : length * READ_NONE + NONE;
  }
}

/** Steps of the scanner between two looks at the time. */
export const STEPS_A_LOOK = 16;
/** All at once. */
export const NEVER = (): boolean => false;
