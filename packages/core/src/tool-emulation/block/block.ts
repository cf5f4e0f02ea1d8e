/**
 * A stretch of text that may be a call. Every format is a block: it watches the text go by, says where it may end and
 * then reads the whole. What it decides depends on the text alone, never on how the text was cut into deltas.
 */
import type { AcceptedCall } from '../call/accept-call.js';

export type Reading =
  /** `end`: where the block ends in the text read; absent: with it. `repeats`: more calls may follow without a mark. */
  | {
      readonly type: 'calls';
      readonly items: readonly (AcceptedCall | string)[];
      readonly end?: number;
      readonly repeats?: true;
    }
  /** Not yet: the end seen was part of the content. */
  | { readonly type: 'open' }
  | { readonly type: 'none' };

/** {@link Block.scan} returns it when the text cannot be a call any more. */
export const REJECTED = -2;
/** {@link Block.scan} returns it when the end has not come yet. */
export const NOT_YET = -1;

export interface Block {
  /** Length of what opened the block; it is part of the text given to {@link read}. */
  readonly openerLength: number;
  /**
   * What becomes of the text when it is no call. `release`: it is text as a whole. `rescan`: the opener is text, the
   * rest is looked at again. A mark: it is code until a line with that fence.
   */
  readonly otherwise: 'release' | 'rescan' | { readonly fence: string };
  /** Blocks that need the same end: when it is missing for one, it is missing for all that follow. */
  readonly endKey: string;
  /** Watches `chunk` from `from`; returns the index up to which the block may reach, or one of the two constants. */
  scan(chunk: string, from: number): number;
  /** Reads `raw`, opener included. `end`: the answer is over, nothing more will come; `limit`: it was cut off here. */
  read(raw: string, at: 'mark' | 'end' | 'limit'): Reading;
}

export function callsReading(
  items: readonly (AcceptedCall | string)[] | undefined,
  end?: number,
): Extract<Reading, { type: 'calls' }> | undefined {
  return items === undefined ? undefined : { type: 'calls', items, ...(end !== undefined && { end }) };
}
