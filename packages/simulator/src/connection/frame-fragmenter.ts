/**
 * Message boundaries mean nothing in this protocol (section 2.1). The shaper makes that true: it hands frames on whole,
 * cut at arbitrary bytes, or several at a time.
 */
export type FrameShape = 'whole' | 'split' | 'merge';

/** Takes frames, writes messages. `flush` writes what is held back. */
export interface FrameFragmenter {
  write(frame: Buffer): void;
  flush(): void;
  /** Bytes held back and not yet written. */
  readonly held: number;
}

const MERGE_LIMIT_BYTES = 64 * 1024;

/** @param write - takes one message; called in order */
export function createFrameFragmenter(shape: FrameShape, write: (message: Buffer) => void): FrameFragmenter {
  if (shape === 'merge') return mergingShaper(write);
  if (shape === 'split') return splittingShaper(write);
  return { write, flush: () => undefined, held: 0 };
}

function mergingShaper(write: (message: Buffer) => void): FrameFragmenter {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let scheduled = false;
  const flush = (): void => {
    if (waiting.length === 0) return;
    const message = Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
    write(message);
  };
  return {
    write(frame) {
      waiting.push(frame);
      bytes += frame.length;
      if (bytes >= MERGE_LIMIT_BYTES) return flush();
      if (scheduled) return;
      scheduled = true;
      setImmediate(() => {
        scheduled = false;
        flush();
      });
    },
    flush,
    get held() {
      return bytes;
    },
  };
}

function splittingShaper(write: (message: Buffer) => void): FrameFragmenter {
  const nextCut = seededCuts();
  let queue: Buffer[] = [];
  let queued = 0;
  let scheduled = false;
  const flush = (): void => {
    const pieces = queue;
    queue = [];
    queued = 0;
    for (const piece of pieces) write(piece);
  };
  // One piece a turn of the event loop: on a byte stream, pieces written together would be read together.
  const pump = (): void => {
    scheduled = false;
    const piece = queue.shift();
    if (piece === undefined) return;
    queued -= piece.length;
    write(piece);
    schedule();
  };
  const schedule = (): void => {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    setImmediate(pump);
  };
  return {
    write(frame) {
      const pieces = splitFrame(frame, nextCut);
      for (const piece of pieces) queue.push(piece);
      queued += frame.length;
      // A reader must not be starved by a long queue: beyond this the pieces go out together, still as own messages.
      if (queue.length > 512) flush();
      else schedule();
    },
    flush,
    get held() {
      return queued;
    },
  };
}

/** Cuts one frame: within the header, between header and body, within a multi-byte character, and at random places. */
export function splitFrame(frame: Buffer, nextCut: (limit: number) => number): Buffer[] {
  const bodyStart = frame.indexOf('\r\n\r\n') + 4;
  const cuts = new Set([1 + nextCut(bodyStart - 1), bodyStart - 1 - nextCut(3), bodyStart]);
  const firstWide = frame.findIndex((byte) => byte >= 0xc0);
  if (firstWide !== -1) cuts.add(firstWide + 1);
  for (let i = 0; i < 3; i += 1) cuts.add(1 + nextCut(frame.length - 1));
  const edges = [0, ...[...cuts].filter((cut) => cut > 0 && cut < frame.length).sort((a, b) => a - b), frame.length];
  return edges.slice(1).map((end, index) => frame.subarray(edges[index], end));
}

/** Places that look random and are the same in every run (a linear congruential generator). */
export function seededCuts(seed = 20240607): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return limit <= 1 ? 0 : Math.floor((state / 2 ** 32) * limit);
  };
}
