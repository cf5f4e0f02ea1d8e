/** Which models a key may use, by the names that clients and operators know them by. */
import {
  asksForAnyModel,
  findModel,
  GatewayError,
  isForeignName,
  type ModelInfo,
  modelNames,
} from '../../chat/index.js';
import { matcherOf } from '../../util/index.js';

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
    allows: ({ id, upstreamId, displayName }) => [id, upstreamId, displayName].some(allowsName),
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
 * Of a model that a channel other than Lingma's answers to: its name says all.
 *
 * @throws GatewayError `model_not_allowed`
 */
export function checkServedModel(name: string, { models: filter }: { readonly models?: ModelFilter }): void {
  if (filter !== undefined && !filter.allowsName(name)) throw notAllowed(name);
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
  throw notAllowed(name);
}

function notAllowed(name: string): GatewayError {
  const what = modelNames(name).length === 0 ? 'the default model' : `the model '${name.slice(0, 200)}'`;
  return new GatewayError(
    'model_not_allowed',
    `This API key does not have access to ${what}; those it has are at /v1/models`,
    { param: 'model' },
  );
}
