/**
 * What a process writes, as lines: the newest are kept, the rest is dropped, however much and however fast it comes. Lines
 * are without tokens and cut to what a log takes.
 */
import { withoutSecrets } from '../../transport/redact.js';

/** Lines kept. */
export const RING_LINES = 200;
/** UTF-8 bytes kept. */
export const RING_BYTES = 64 * 1024;
/** Characters of a line that has no end yet; what comes beyond them is dropped. */
export const PARTIAL_CHARS = 8 * 1024;

export class OutputRing {
  #lines: string[] = [];
  #bytes = 0;

  push(line: string): void {
    this.#lines.push(line);
    this.#bytes += Buffer.byteLength(line);
    let drop = 0;
    while (this.#lines.length - drop > RING_LINES || this.#bytes > RING_BYTES) {
      this.#bytes -= Buffer.byteLength(this.#lines[drop] as string);
      drop++;
    }
    if (drop > 0) this.#lines = this.#lines.slice(drop);
  }

  /** The newest, oldest first. */
  last(count = RING_LINES): readonly string[] {
    return this.#lines.slice(-count);
  }

  get bytes(): number {
    return this.#bytes;
  }
}

/** Told of one read of a stream: the lines that ended in it. */
export interface LineReader {
  /** At most {@link RING_LINES} a call, the newest: nobody keeps more. */
  read(text: string): readonly string[];
  /** The line that was left without an end. */
  end(): readonly string[];
}

/**
 * `onMarker` hears of each of `markers` that turns up, in dropped lines too. Only what stays is cleaned, so that a flood
 * costs little.
 */
export function createLineReader(markers: readonly string[], onMarker: (marker: string) => void): LineReader {
  let partial = '';
  const clean = (lines: readonly string[]): readonly string[] =>
    lines
      .map((line) => line.replace(/\r$/, ''))
      .filter((line) => line.trim() !== '')
      .map(withoutSecrets);
  return {
    read(text) {
      const end = text.lastIndexOf('\n');
      const whole = end === -1 ? '' : partial + text.slice(0, end);
      for (const marker of markers) if (whole.includes(marker)) onMarker(marker);
      if (end === -1) partial += text.slice(0, Math.max(0, PARTIAL_CHARS - partial.length));
      else partial = text.slice(end + 1, end + 1 + PARTIAL_CHARS);
      return end === -1 ? [] : clean(newestLines(whole));
    },
    end() {
      const rest = partial;
      partial = '';
      for (const marker of markers) if (rest.includes(marker)) onMarker(marker);
      return clean([rest]);
    },
  };
}

/** From behind, so that a megabyte of lines is not taken apart for the last two hundred. */
function newestLines(text: string): string[] {
  const lines: string[] = [];
  for (let end = text.length; lines.length < RING_LINES; ) {
    const start = text.lastIndexOf('\n', end - 1);
    lines.push(text.slice(start + 1, end));
    if (start === -1 || end === 0) break;
    end = start;
  }
  return lines.reverse();
}
