/** A model as the protocols describe one. `name` and `context_length` stand in all of them: clients look for either. */
import type { ModelInfo } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';

/** Where Lingma does not say. Clients shorten their history by it, so it is what every model behind Lingma has at least. */
const USUAL_CONTEXT_TOKENS = 128_000;

export const contextTokens = (model: ModelInfo): number => model.maxInputTokens ?? USUAL_CONTEXT_TOKENS;

/** @param createdAt milliseconds since the epoch */
export function openaiModel(model: ModelInfo, createdAt: number): JsonObject {
  return {
    id: model.id,
    object: 'model',
    created: Math.floor(createdAt / 1000),
    owned_by: model.ownedBy ?? 'lingma',
    name: model.displayName,
    context_length: contextTokens(model),
  };
}

/** @param createdAt milliseconds since the epoch */
export function anthropicModel(model: ModelInfo, createdAt: number): JsonObject {
  return {
    type: 'model',
    id: model.id,
    display_name: model.displayName,
    created_at: new Date(createdAt).toISOString(),
    name: model.displayName,
    context_length: contextTokens(model),
    max_input_tokens: contextTokens(model),
  };
}
