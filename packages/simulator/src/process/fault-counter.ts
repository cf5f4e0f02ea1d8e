import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { isJsonObject } from '../json-object.js';
import { readIfPresent } from './work-dir.js';

/** The oldest are forgotten beyond this. */
const MAX_IDS = 10_000;
const MAX_ID_CHARS = 200;

/**
 * Counts turns per directive `id`, so that a fault with `times` happens only in the first of them. Kept in a file: a
 * `dieAfterChunks` that were forgotten with the process would strike again after every restart.
 */
export class FaultCounter {
  readonly #path: string;
  readonly #counts: Map<string, number>;

  constructor(path: string) {
    this.#path = path;
    this.#counts = new Map(readCounts(path));
  }

  /** Counts one more turn with this id; true while it is among the first `times`. */
  strikes(name: string, times: number): boolean {
    const id = name.length > MAX_ID_CHARS ? createHash('sha256').update(name).digest('hex') : name;
    const count = (this.#counts.get(id) ?? 0) + 1;
    this.#counts.set(id, count);
    const oldest = this.#counts.size > MAX_IDS ? this.#counts.keys().next() : undefined;
    if (oldest !== undefined && !oldest.done) this.#counts.delete(oldest.value);
    if (count > times) return false;
    try {
      writeFileSync(this.#path, JSON.stringify(Object.fromEntries(this.#counts)), { mode: 0o600 });
    } catch {
      // Without the file the counts last as long as the process: enough for all faults but its death.
    }
    return true;
  }
}

function readCounts(path: string): [string, number][] {
  try {
    const value: unknown = JSON.parse(readIfPresent(path) ?? '{}');
    return isJsonObject(value)
      ? Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
      : [];
  } catch {
    return [];
  }
}
