/** A model of the list by the name a client gives it: as requests for answers find theirs. */
import { type ModelInfo, modelNames } from '../chat/index.js';

export function findModel(models: readonly ModelInfo[], name: string): ModelInfo | undefined {
  for (const reading of modelNames(name)) {
    const wanted = reading.toLowerCase();
    const found =
      models.find(({ id }) => id.toLowerCase() === wanted) ??
      models.find(({ key, displayName }) => key.toLowerCase() === wanted || displayName.toLowerCase() === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}
