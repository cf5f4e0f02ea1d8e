/**
 * The names clients may use beyond Lingma's own: configured aliases, the virtual agent model, and stand-ins for clients
 * that only take names of their own maker. Which model answers an unknown name is decided where the list is known: by
 * the Lingma client.
 */
import type { ModelInfo } from '../chat/index.js';
import { resolveModel } from '../lingma/index.js';

export interface ModelCatalogOptions {
  /** Key or display name of the default model. Absent: the one Lingma marks. */
  readonly defaultModel?: string;
  /** Further names and what they stand for; matched in any case, listed like models. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names listed as stand-ins for the default model. Default {@link STAND_INS}. */
  readonly standIns?: readonly string[];
}

/** Claude Code offers only models whose name contains `claude`, and knows what these can do. */
export const STAND_INS: readonly string[] = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-opus-4-5',
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
];

/** Selects agent mode with the default model. */
export const AGENT_MODEL = 'lingma-agent';

export interface ModelCatalog {
  /** The name to ask Lingma for. Aliases may stand for aliases. */
  target(name: string): string;
  /** Everything clients may choose from, the models first. */
  list(models: readonly ModelInfo[]): readonly ModelInfo[];
}

export function createModelCatalog(options: ModelCatalogOptions = {}): ModelCatalog {
  const aliases = new Map(
    Object.entries(options.aliases ?? {}).map(([name, target]) => [name.trim().toLowerCase(), target] as const),
  );
  const target = (name: string): string => {
    let current = name;
    // Bounded, for aliases that lead in a circle.
    for (let hops = 0; hops <= aliases.size; hops++) {
      const next = aliases.get(current.trim().toLowerCase());
      if (next === undefined || next === current) break;
      current = next;
    }
    return current;
  };
  return {
    target,
    list(models) {
      const fallback = resolveModel(models, undefined, options.defaultModel)?.model;
      if (fallback === undefined) return models;
      const listed = [...models];
      const taken = new Set(models.map(({ id }) => id.toLowerCase()));
      const add = (model: ModelInfo): void => {
        if (taken.has(model.id.toLowerCase())) return;
        taken.add(model.id.toLowerCase());
        listed.push(model);
      };
      const plain = { ...fallback, isDefault: false };
      const agent = { ...plain, id: AGENT_MODEL, displayName: `Lingma Agent (${fallback.displayName})` };
      add(agent);
      add({ ...agent, id: 'agent', aliasOf: AGENT_MODEL });
      for (const name of Object.keys(options.aliases ?? {})) {
        const model = resolveModel(models, target(name), options.defaultModel)?.model ?? fallback;
        add({ ...model, isDefault: false, id: name, displayName: `${name} (${model.displayName})` });
      }
      for (const name of options.standIns ?? STAND_INS) {
        add({ ...plain, id: name, displayName: `${name} (${fallback.displayName})`, aliasOf: fallback.id });
      }
      return listed;
    },
  };
}
