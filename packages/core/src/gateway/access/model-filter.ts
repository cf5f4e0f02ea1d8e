/** Which models a key may use, by the names that clients and operators know them by. */
import { asksForAnyModel, GatewayError, isForeignName, type ModelInfo, modelNames } from '../../chat/index.js';
import { findModel } from '../find-model.js';

export interface ModelFilter {
  /** By the name alone, as it was asked for. */
  allowsName(name: string): boolean;
  /** By any name of the model's. */
  allows(model: ModelInfo): boolean;
}

/** @param patterns names in any case, `*` standing for any characters */
export function createModelFilter(patterns: readonly string[]): ModelFilter {
  const matchers = patterns.map((pattern) => matcherOf(pattern.trim().toLowerCase()));
  const allowsName = (name: string): boolean => {
    const folded = name.toLowerCase();
    return matchers.some((matches) => matches(folded));
  };
  return {
    allowsName: (name) => modelNames(name).some(allowsName),
    allows: ({ id, key, displayName }) => [id, key, displayName].some(allowsName),
  };
}

/** Parts in order, without a regular expression: patterns are the operator's, names anybody's. */
function matcherOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  const first = parts[0] as string;
  const last = parts.at(-1) as string;
  if (parts.length === 1) return (name) => name === pattern;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    const end = name.length - last.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** Those of `models` that the caller may use. */
export function allowedModels(
  models: readonly ModelInfo[],
  { models: filter }: { readonly models?: ModelFilter },
): readonly ModelInfo[] {
  return filter === undefined ? models : models.filter(filter.allows);
}

/**
 * A name that is not allowed may stand for a model that is: an alias, another maker's model, no name at all. What stands
 * for none is refused, unless the operator allowed it by name: the default answers in its place.
 *
 * @throws GatewayError `model_not_allowed`, and what the list of models fails with
 */
export async function checkModel(
  name: string,
  listModels: () => Promise<readonly ModelInfo[]>,
  { models: filter }: { readonly models?: ModelFilter },
): Promise<void> {
  if (filter === undefined) return;
  const models = await listModels();
  // What the name leads to counts, before the name: `allowed-*` must not let `allowed-x/forbidden` through.
  const named = findModel(models, name);
  if (named === undefined && filter.allowsName(name)) return;
  const meansDefault = isForeignName(name) || asksForAnyModel(name);
  const model = named ?? (meansDefault ? models.find(({ isDefault }) => isDefault) : undefined);
  if (model !== undefined && filter.allows(model)) return;
  const what = modelNames(name).length === 0 ? 'the default model' : `the model '${name.slice(0, 200)}'`;
  throw new GatewayError(
    'model_not_allowed',
    `This API key does not have access to ${what}; those it has are at /v1/models`,
    { param: 'model' },
  );
}
