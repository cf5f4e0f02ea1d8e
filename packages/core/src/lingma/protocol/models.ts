/** `config/queryModels` in all its shapes (protocol section 6) → {@link LingmaModel}. */
import { type ModelInfo, modelNames } from '../../chat/index.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import type { TurnMode } from './dialect-name.js';
import { numberOf, stringOf } from './turn-end.js';

/** A model as Lingma lists it. */
export interface LingmaModel extends ModelInfo {
  /** Where it is listed: `assistant`, `chat`, … */
  readonly scenes: readonly string[];
}

/** The order in which scenes are merged; others follow as they come. */
const SCENES = ['assistant', 'chat', 'developer', 'inline', 'quest'];

/** Keeps the first sight of each key; later scenes add to it. Secrets of user-added models (`apiKey`, `url`) stay out. */
export function parseModels(result: JsonValue): LingmaModel[] {
  const models = new Map<string, LingmaModel>();
  for (const [scene, items] of scenesOf(result)) {
    for (const item of items) {
      const model = parseModel(item, scene);
      if (model === undefined) continue;
      const known = models.get(model.upstreamId);
      models.set(model.upstreamId, known === undefined ? model : merge(known, model));
    }
  }
  return [...models.values()];
}

function scenesOf(result: JsonValue): readonly (readonly [string, readonly JsonValue[]])[] {
  if (Array.isArray(result)) return [['', result]];
  if (!isJsonObject(result)) return [];
  const lists = Object.entries(result).filter((entry): entry is [string, readonly JsonValue[]] =>
    Array.isArray(entry[1]),
  );
  if (lists.length === 0) {
    const inner = [result.result, result.data, result.models].find(isJsonObject);
    return inner === undefined ? [] : scenesOf(inner);
  }
  const rank = (scene: string): number => (SCENES.includes(scene) ? SCENES.indexOf(scene) : SCENES.length);
  return lists.sort(([a], [b]) => rank(a) - rank(b));
}

function parseModel(item: JsonValue, scene: string): LingmaModel | undefined {
  if (typeof item === 'string') return item === '' ? undefined : parseModel({ key: item }, scene);
  if (!isJsonObject(item)) return undefined;
  const key = firstText(item, ['key', 'modelId', 'id']);
  if (key === undefined) return undefined;
  const maxInputTokens = numberOf(item.maxInputTokens);
  return {
    id: key,
    upstreamId: key,
    displayName: firstText(item, ['displayName', 'name', 'label', 'title']) ?? key,
    isDefault: item.isDefault === true || item.selected === true,
    supportsReasoning: item.isReasoning === true,
    supportsImages: item.isVl === true,
    ...(maxInputTokens !== undefined && maxInputTokens > 0 && { maxInputTokens }),
    scenes: scene === '' || scene === 'models' ? [] : [scene],
  };
}

function merge(known: LingmaModel, again: LingmaModel): LingmaModel {
  return {
    ...again,
    ...known,
    isDefault: known.isDefault || again.isDefault,
    supportsReasoning: known.supportsReasoning || again.supportsReasoning,
    supportsImages: known.supportsImages || again.supportsImages,
    scenes: [...new Set([...known.scenes, ...again.scenes])],
  };
}

function firstText(item: JsonObject, names: readonly string[]): string | undefined {
  return names.map((name) => stringOf(item[name])).find((text) => text !== undefined && text !== '');
}

/** Names that ask for agent mode rather than for a model. */
export function isAgentName(name: string | undefined): boolean {
  return name !== undefined && modelNames(name).some((reading) => /^(lingma-)?agent$/i.test(reading));
}

/** The mode of a turn: its own, else agent mode where its model name asks for it, else the default. */
export function resolveMode(mode: TurnMode | undefined, model: string | undefined, fallback: TurnMode): TurnMode {
  return mode ?? (isAgentName(model) ? 'agent' : fallback);
}
