/**
 * Models as Codex's own backend describes them: what it asks for by `GET /v1/models?client_version=`. Its decoder takes
 * an answer whole or not at all, so every member that any of its versions requires is there; others it passes over.
 * Source: `ModelsResponse` of codex-rs.
 */
import type { ModelInfo } from '../../chat/index.js';
import type { JsonObject } from '../../util/index.js';
import { contextTokens } from './model-shapes.js';

/** The default model first: Codex proposes the one with the lowest number. */
export function codexModels(models: readonly ModelInfo[]): readonly JsonObject[] {
  const ordered = [...models].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
  return ordered.map(codexModel);
}

function codexModel(model: ModelInfo, priority: number): JsonObject {
  return {
    slug: model.id,
    display_name: model.displayName,
    description: `${model.displayName}, through Lingma`,
    // No levels: the models behind the gateway have none to choose from.
    default_reasoning_level: null,
    supported_reasoning_levels: [],
    shell_type: 'shell_command',
    visibility: 'list',
    supported_in_api: true,
    priority,
    additional_speed_tiers: [],
    service_tiers: [],
    availability_nux: null,
    upgrade: null,
    base_instructions: INSTRUCTIONS,
    model_messages: { instructions_template: INSTRUCTIONS, instructions_variables: null },
    include_skills_usage_instructions: true,
    supports_reasoning_summaries: model.supportsReasoning,
    supports_reasoning_summary_parameter: model.supportsReasoning,
    default_reasoning_summary: 'auto',
    reasoning_summary_format: 'none',
    support_verbosity: false,
    default_verbosity: null,
    apply_patch_tool_type: 'freeform',
    web_search_tool_type: 'text',
    truncation_policy: { mode: 'tokens', limit: 10_000 },
    supports_parallel_tool_calls: true,
    supports_image_detail_original: false,
    context_window: contextTokens(model),
    max_context_window: contextTokens(model),
    auto_compact_token_limit: null,
    effective_context_window_percent: 95,
    experimental_supported_tools: [],
    input_modalities: model.supportsImages ? ['text', 'image'] : ['text'],
    supports_search_tool: false,
    use_responses_lite: false,
  };
}

/** Codex has no instructions of its own for a model that a server lists: without these it would send none. */
const INSTRUCTIONS = [
  'You are a coding agent that runs in the Codex CLI on the computer of its user. You work in the folder the user has opened.',
  'Work until the task is done: look at the code before you change it, change it, and check the change by running what there is to run.',
  'Use the tools you are offered. Run commands for reading, searching and testing; prefer `rg` for searching. Change files with apply_patch where it is offered.',
  'Keep to the style of the code around you, change nothing that the task does not ask for, and never undo changes that you did not make.',
  'Follow the AGENTS.md files that apply to the files you touch; what the user says goes before them.',
  'Say in a sentence what you are about to do when it takes more than a moment. At the end say shortly what you changed, what you checked, and what is left.',
].join('\n\n');
