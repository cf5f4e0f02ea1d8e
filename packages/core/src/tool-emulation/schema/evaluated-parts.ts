/** Which members and items of one value some keyword has looked at: what `unevaluated…` leaves alone. */
export class EvaluatedParts {
  readonly #members = new Set<string>();
  readonly #items = new Set<number>();
  #leading = 0;

  /** What {@link add} would go through. */
  get size(): number {
    return this.#members.size + this.#items.size;
  }

  hasMember(name: string): boolean {
    return this.#members.has(name);
  }

  addMember(name: string): void {
    this.#members.add(name);
  }

  hasItem(index: number): boolean {
    return index < this.#leading || this.#items.has(index);
  }

  addItem(index: number): void {
    this.#items.add(index);
  }

  /** The first `count`. */
  addItems(count: number): void {
    this.#leading = Math.max(this.#leading, count);
  }

  add(other: EvaluatedParts): void {
    for (const name of other.#members) this.#members.add(name);
    for (const index of other.#items) this.#items.add(index);
    this.addItems(other.#leading);
  }
}
