/**
 * Models as labels: those of the catalogue by their id, all others as one. Clients may ask for anything, and each name of a
 * label is kept for good.
 */
import type { ModelInfo } from '../../chat/index.js';
import { OTHER } from './series.js';

/** Models that get a label of their own. */
const MAX_MODELS = 40;

export class ModelLabels {
  readonly #ids = new Map<string, string>();
  #labels = 0;

  /** Called whenever the catalogue is seen; what was once in it keeps its label. */
  learn(models: readonly ModelInfo[]): void {
    for (const { id, upstreamId, aliasOf } of models) {
      if (aliasOf !== undefined || this.#ids.has(id) || this.#labels >= MAX_MODELS) continue;
      this.#labels++;
      this.#ids.set(id, id);
      if (!this.#ids.has(upstreamId)) this.#ids.set(upstreamId, id);
    }
  }

  /** @param name as the upstream or the catalogue spells it */
  of(name: string | undefined): string {
    return (name === undefined ? undefined : this.#ids.get(name)) ?? OTHER;
  }
}
