/** What a command wrote: all of it up to a bound, then its beginning and its end. */

export class BoundedOutput {
  readonly #half: number;
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  #leftOut = 0;

  constructor(maxBytes: number) {
    this.#half = Math.floor(maxBytes / 2);
  }

  get truncated(): boolean {
    return this.#leftOut > 0;
  }

  push(chunk: Buffer): void {
    const room = this.#half - this.#headBytes;
    if (room > 0) {
      const piece = chunk.subarray(0, room);
      this.#head.push(piece);
      this.#headBytes += piece.length;
    }
    if (chunk.length <= Math.max(0, room)) return;
    const rest = chunk.subarray(Math.max(0, room));
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    // Joined now and then, so that neither bytes nor pieces grow.
    if (this.#tailBytes <= 2 * this.#half && this.#tail.length < 1024) return;
    this.#trim();
  }

  text(): string {
    this.#trim();
    const head = Buffer.concat(this.#head);
    const tail = Buffer.concat(this.#tail);
    if (this.#leftOut === 0) return Buffer.concat([head, tail]).toString('utf8');
    return `${head.toString('utf8')}\n[${this.#leftOut} bytes left out]\n${tail.toString('utf8')}`;
  }

  #trim(): void {
    const all = Buffer.concat(this.#tail);
    const surplus = Math.max(0, all.length - this.#half);
    this.#leftOut += surplus;
    this.#tail = [Buffer.from(all.subarray(surplus))];
    this.#tailBytes = all.length - surplus;
  }
}
