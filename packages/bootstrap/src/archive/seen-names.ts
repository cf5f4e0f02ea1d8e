/** The names of an archive as a system has them that does not tell upper from lower case: each of them once. */
import { BootstrapError } from '../bootstrap-error.js';
import { foldName, shownName } from './entry-name.js';

/** As many as an archive may have entries. */
export class SeenNames {
  readonly #names = new Set<string>();
  /** Those of files: nothing can lie in them. */
  readonly #files = new Set<string>();

  /** @throws BootstrapError `duplicate_name`: two of them would be one */
  add(name: string): void {
    const key = foldName(name);
    if (this.#names.has(key)) {
      throw new BootstrapError('duplicate_name', `The archive has the name ${shownName(name)} twice`);
    }
    this.#names.add(key);
    if (!name.endsWith('/')) this.#files.add(key);
  }

  /** Once all are there, in whatever order. @throws BootstrapError `duplicate_name`: a file would be a folder as well */
  end(): void {
    for (const name of this.#names) {
      for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
        const folder = name.slice(0, at);
        if (!this.#files.has(folder)) continue;
        const what = `The archive has a file and a folder of the name ${shownName(folder)}`;
        throw new BootstrapError('duplicate_name', what);
      }
    }
  }
}
