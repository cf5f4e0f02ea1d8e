/**
 * The names clients may use beyond Lingma's own: configured aliases, the virtual agent model, and stand-ins for clients
 * that only take names of their own maker. It decides which model answers, and whether that is the one that was asked for;
 * the client asks once it knows the list, which may differ from account to account.
 */
import { LRUCache } from 'lru-cache';
import {
  asksForAnyModel,
  chooseModel,
  isForeignName,
  type ModelChoice,
  type ModelChooser,
  type ModelInfo,
  modelNames,
} from '../chat/index.js';
import { isAgentName } from '../lingma/index.js';

/** The names of models that clients may use. */
export interface ModelCatalogOptions {
  /** Key or display name of the default model. Absent: the one Lingma marks. */
  readonly defaultModel?: string;
  /** Further names and what they stand for; matched in any case, listed like models. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Names listed as stand-ins for the default model. Default {@link STAND_INS}. */
  readonly standIns?: readonly string[];
}

/**
 * Claude Code offers only models whose name contains `claude`, knows what these can do, and asks for the first of each
 * kind when it is asked for `opus`, `sonnet`, `haiku` or `fable`.
 */
export const STAND_INS: readonly string[] = [
  'claude-opus-5-5',
  'claude-sonnet-5-5',
  'claude-haiku-5-5',
  'claude-fable-5-2',
  'claude-fable-5-1',
  'claude-opus-5',
  'claude-sonnet-5',
  'claude-opus-4-8',
  'claude-sonnet-4-6',
  'claude-opus-4-5',
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
  'claude-haiku-4-5-20251001',
];

/** Selects agent mode with the default model. */
export const AGENT_MODEL = 'lingma-agent';

/** What is found out about a name once. */
interface NameReading {
  readonly target: string;
  readonly choose: ModelChooser;
}

/** Names that are remembered. */
const MAX_READINGS = 64;
/** Longer names are looked at anew: clients may send anything. */
const MAX_REMEMBERED_LENGTH = 128;

export interface ModelCatalog {
  /** The name to ask Lingma for. Aliases may stand for aliases. */
  target(name: string): string;
  /** Whether the default model is what this {@link target} asks for where Lingma has none of that name. */
  meansDefault(target: string): boolean;
  /** For one request. A name that is not listed falls back to the default model, unless that is what it means. */
  choose(name: string): ModelChooser;
  /** Everything clients may choose from, the models first. */
  list(models: readonly ModelInfo[]): readonly ModelInfo[];
}

export function createModelCatalog(options: ModelCatalogOptions = {}): ModelCatalog {
  const aliases = new Map(
    Object.entries(options.aliases ?? {}).map(([name, target]) => [folded(name), target] as const),
  );
  const standIns = options.standIns ?? STAND_INS;
  const knownStandIns = new Set(standIns.map(folded));
  const target = (name: string): string => {
    let current = name;
    // Bounded, for aliases that lead in a circle.
    for (let hops = 0; hops <= aliases.size; hops++) {
      const next = modelNames(current)
        .map((reading) => aliases.get(folded(reading)))
        .find((found) => found !== undefined);
      if (next === undefined || next === current) break;
      current = next;
    }
    return current;
  };
  const meansDefault = (name: string): boolean =>
    isForeignName(name) ||
    asksForAnyModel(name) ||
    modelNames(name).some((reading) => knownStandIns.has(folded(reading)));
  const read = (name: string): NameReading => {
    const wanted = target(name);
    const isAgent = isAgentName(wanted);
    const isDefault = isAgent || meansDefault(wanted);
    let last: { readonly models: readonly ModelInfo[]; readonly choice: ModelChoice } | undefined;
    return {
      target: wanted,
      choose(models) {
        // The list is the same for as long as an account's models are.
        if (last?.models === models) return last.choice;
        const found = chooseModel(models, isAgent ? '' : wanted, options.defaultModel);
        const choice = found.isFallback && isDefault ? { ...found, isFallback: false } : found;
        last = { models, choice };
        return choice;
      },
    };
  };
  /** Clients ask for the same few names again and again, and there are many ways to read one. */
  const readings = new LRUCache<string, NameReading>({ max: MAX_READINGS });
  const readingOf = (name: string): NameReading => {
    if (name.length > MAX_REMEMBERED_LENGTH) return read(name);
    let reading = readings.get(name);
    if (reading === undefined) {
      reading = read(name);
      readings.set(name, reading);
    }
    return reading;
  };
  const choose = (name: string): ModelChooser => readingOf(name).choose;
  return {
    target: (name) => readingOf(name).target,
    meansDefault,
    choose,
    list(models) {
      const fallback = chooseModel(models, '', options.defaultModel).model;
      if (fallback === undefined) return models;
      // Of the operator's choice and Lingma's own mark the former counts, as it does for requests that name no model.
      const listed = models.map((model) => ({ ...model, isDefault: model.upstreamId === fallback.upstreamId }));
      const taken = new Set(models.map(({ id }) => folded(id)));
      const add = (model: ModelInfo): void => {
        if (taken.has(folded(model.id))) return;
        taken.add(folded(model.id));
        listed.push(model);
      };
      const plain = { ...fallback, isDefault: false };
      const agent = { ...plain, id: AGENT_MODEL, displayName: `Lingma Agent (${fallback.displayName})` };
      add(agent);
      add({ ...agent, id: 'agent', aliasOf: AGENT_MODEL });
      for (const name of Object.keys(options.aliases ?? {})) {
        const { model = fallback, isFallback } = choose(name)(models);
        // An alias for a model that is not there would be warned about at each use: it is no model to choose.
        if (isFallback) continue;
        add({ ...model, isDefault: false, id: name, displayName: `${name} (${model.displayName})` });
      }
      for (const name of standIns) {
        add({ ...plain, id: name, displayName: `${name} (${fallback.displayName})`, aliasOf: fallback.id });
      }
      return listed;
    },
  };
}

const folded = (name: string): string => name.trim().toLowerCase();
