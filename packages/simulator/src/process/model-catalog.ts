import type { JsonObject } from '../json-object.js';

/** One model as `config/queryModels` lists it (protocol section 6). */
export interface SimulatedModel {
  readonly key: string;
  readonly displayName: string;
  readonly isReasoning?: boolean;
  readonly isVl?: boolean;
  readonly isDefault?: boolean;
  /** Scenes that offer it; default: all but `inline`. */
  readonly scenes?: readonly string[];
}

const SCENES = ['assistant', 'chat', 'developer', 'inline', 'quest'] as const;
const CHAT_SCENES = ['assistant', 'chat', 'developer', 'quest'];

/** The models of a logged-in account unless told otherwise. */
export const DEFAULT_MODELS: readonly SimulatedModel[] = [
  { key: 'org_auto', displayName: 'Auto', isDefault: true },
  { key: 'dashscope_qmodel', displayName: 'Qwen3.6-Plus', isVl: true },
  { key: 'dashscope_qwen3_coder', displayName: 'Qwen3-Coder', scenes: [...CHAT_SCENES, 'inline'] },
  { key: 'dashscope_qwen_plus_20250428_thinking', displayName: 'Qwen3-Thinking', isReasoning: true },
  { key: 'dashscope_qwen_max_latest', displayName: 'Qwen3-Max' },
  { key: 'kmodel', displayName: 'Kimi-K2.6', isReasoning: true },
  { key: 'mmodel', displayName: 'MiniMax-M2.7' },
];

/** Key of the account's default model. */
export function defaultModelKey(models: readonly SimulatedModel[]): string {
  return (models.find((model) => model.isDefault) ?? models[0])?.key ?? '';
}

/** Result of `config/queryModels`: by scene, or in one of the other shapes clients are known to accept. */
export function modelsResult(models: readonly SimulatedModel[], shape: 'scenes' | 'array' | 'models'): unknown {
  if (shape === 'array') return models.map(listEntry);
  if (shape === 'models') return { models: models.map(listEntry) };
  return Object.fromEntries(
    SCENES.map((scene) => [
      scene,
      models.filter((model) => (model.scenes ?? CHAT_SCENES).includes(scene)).map(listEntry),
    ]),
  );
}

function listEntry(model: SimulatedModel): JsonObject {
  return {
    key: model.key,
    displayName: model.displayName,
    model: '',
    format: 'openai',
    source: 'system',
    isReasoning: model.isReasoning ?? false,
    isVl: model.isVl ?? false,
    ...(model.isDefault ? { isDefault: true, selected: true } : {}),
    url: '',
    apiKey: '',
  };
}
