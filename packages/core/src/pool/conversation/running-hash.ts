/** SHA-256 over texts that come one by one, with a digest in between where one is wanted. */
import { createHash, type Hash } from 'node:crypto';

/** Texts are gathered here: a call for each would cost more than the hashing. */
const GATHERED_BYTES = 64 * 1024;
/** Of a UTF-16 unit in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** One for all: it is empty whenever somebody else gets to run. */
const gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);

export class RunningHash {
  readonly #hash: Hash = createHash('sha256');
  #texts: string[] = [];
  #length = 0;

  add(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length * MAX_BYTES_PER_UNIT > GATHERED_BYTES) this.#flush();
  }

  /** Of all that was added, and of `more`; nothing is added by this. */
  digest(more = ''): string {
    this.#flush();
    const copy = this.#hash.copy();
    return (more === '' ? copy : copy.update(more, 'utf8')).digest('base64url');
  }

  #flush(): void {
    let end = 0;
    for (const text of this.#texts) {
      if (end + text.length * MAX_BYTES_PER_UNIT > GATHERED_BYTES) {
        this.#hash.update(gathered.subarray(0, end));
        end = 0;
      }
      if (text.length * MAX_BYTES_PER_UNIT > GATHERED_BYTES) this.#hash.update(text, 'utf8');
      else end += gathered.write(text, end, 'utf8');
    }
    if (end > 0) this.#hash.update(gathered.subarray(0, end));
    this.#texts = [];
    this.#length = 0;
  }
}
