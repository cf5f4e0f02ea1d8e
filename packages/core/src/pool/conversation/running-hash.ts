/** SHA-256 over texts that come one by one, with a digest in between where one is wanted. */
import { createHash, type Hash, hash } from 'node:crypto';

/** Texts are gathered here: a call for each would cost more than the hashing. */
const GATHERED_BYTES = 64 * 1024;
/** Of a UTF-16 unit in UTF-8. */
const MAX_BYTES_PER_UNIT = 3;
/** Up to this many UTF-16 units a hash of its own for each digest is less work than one that goes on. */
const AT_ONCE = 2048;
/** One for all: it is empty whenever somebody else gets to run. */
const gathered = Buffer.allocUnsafeSlow(GATHERED_BYTES);

export class RunningHash {
  /** Made when there is something to go on with. */
  #hash: Hash | undefined;
  #texts: string[] = [];
  #length = 0;

  add(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length * MAX_BYTES_PER_UNIT > GATHERED_BYTES) this.#flush();
  }

  /** One that goes on from here by itself. Holds none of the texts. */
  copy(): RunningHash {
    const copy = new RunningHash();
    copy.#hash = this.#flush().copy();
    return copy;
  }

  /** Of all that was added, and of `more`; nothing is added by this. */
  digest(more = ''): string {
    if (this.#hash === undefined && this.#length + more.length <= AT_ONCE) {
      return hash('sha256', this.#texts.join('') + more, 'base64url');
    }
    const copy = this.#flush().copy();
    return (more === '' ? copy : copy.update(more, 'utf8')).digest('base64url');
  }

  #flush(): Hash {
    this.#hash ??= createHash('sha256');
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
    return this.#hash;
  }
}
