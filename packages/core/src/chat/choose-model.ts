/** Names → models of an upstream's list, and what answers where a name is not in it. */
import type { ModelInfo } from './channel.js';
import { isForeignName, modelNames } from './model-name.js';

/** Which model answers. */
export interface ModelChoice {
  /** Absent where none is listed. */
  readonly model?: ModelInfo;
  /** What the upstream is asked for. Absent: it takes the default of its own. */
  readonly upstreamId?: string;
  /** The name is not listed, and the default answers in its place: whoever knows other upstreams may hand it on. */
  readonly isFallback: boolean;
}

/** Asked where the list is known. */
export type ModelChooser = (models: readonly ModelInfo[]) => ModelChoice;

/** The model of that name, else the default: `preferred` where it is listed, else the one that is marked, else the first. */
export function chooseModel(models: readonly ModelInfo[], name = '', preferred?: string): ModelChoice {
  const named = findModel(models, name);
  const model = named ?? findModel(models, preferred) ?? models.find(({ isDefault }) => isDefault) ?? models[0];
  const upstreamId = model?.upstreamId ?? unlistedId(name) ?? preferred;
  return {
    isFallback: named === undefined && model !== undefined && name !== '',
    ...(model !== undefined && { model }),
    ...(upstreamId !== undefined && { upstreamId }),
  };
}

/**
 * By name, by what the upstream calls it, or by display name, in any case, with or without a provider in front and a mark
 * behind (`lingma/auto`, `auto:latest`); the first in the list where display names repeat.
 */
export function findModel(models: readonly ModelInfo[], name = ''): ModelInfo | undefined {
  for (const reading of modelNames(name)) {
    const folded = reading.toLowerCase();
    const found =
      models.find(({ id, upstreamId }) => id === reading || upstreamId === reading) ??
      models.find(({ id }) => id.toLowerCase() === folded) ??
      models.find(({ upstreamId }) => upstreamId.toLowerCase() === folded) ??
      models.find(({ displayName }) => displayName.trim().toLowerCase() === folded);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where nothing is listed, a name is taken at its word, unless it is plainly another maker's. */
function unlistedId(name: string): string | undefined {
  return name === '' || isForeignName(name) ? undefined : name.replace(/^(?:lingma|openai|default_llm)\//i, '');
}
