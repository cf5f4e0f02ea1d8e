/**
 * What a session lets its client choose: the mode and the model, in either form that ACP has for it (`modes` and `models`,
 * or `configOptions`).
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { numberOf, stringOf } from '../protocol/turn-end.js';

export interface Choice {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Tokens that fit, of a model. */
  readonly contextTokens?: number;
}

export interface Choices {
  readonly current: string | undefined;
  readonly options: readonly Choice[];
  /** The call that takes one of them. */
  select(sessionId: string, id: string): { readonly method: string; readonly params: JsonObject };
}

/** In the result of `session/new`; as the agent offers the same thing in several forms, these are in the order of use. */
export function modeChoices(result: JsonObject): readonly Choices[] {
  return [
    ...plainChoices(result.modes, 'availableModes', 'currentModeId', 'session/set_mode', 'modeId'),
    ...configChoices(result, 'mode'),
  ];
}

/** As {@link modeChoices}. Some put other things into the category of models, so the option that is called so comes first. */
export function modelChoices(result: JsonObject): readonly Choices[] {
  return [
    ...configChoices(result, 'model'),
    ...plainChoices(result.models, 'availableModels', 'currentModelId', 'session/set_model', 'modelId'),
  ];
}

function plainChoices(
  value: JsonValue | undefined,
  list: string,
  current: string,
  method: string,
  member: string,
): readonly Choices[] {
  if (!isJsonObject(value)) return [];
  const options = toChoices(value[list], member);
  if (options.length === 0) return [];
  return [
    {
      current: stringOf(value[current]),
      options,
      select: (sessionId, id) => ({ method, params: { sessionId, [member]: id } }),
    },
  ];
}

function configChoices(result: JsonObject, what: 'mode' | 'model'): readonly Choices[] {
  const options = Array.isArray(result.configOptions) ? result.configOptions.filter(isJsonObject) : [];
  const option = options.find(({ id }) => id === what) ?? options.find(({ category }) => category === what);
  const configId = stringOf(option?.id);
  if (option === undefined || configId === undefined) return [];
  const choices = toChoices(option.options, 'value');
  if (choices.length === 0) return [];
  return [
    {
      current: stringOf(option.currentValue),
      options: choices,
      select: (sessionId, value) => ({ method: 'session/set_config_option', params: { sessionId, configId, value } }),
    },
  ];
}

/** A list of choices, or of groups of such. */
function toChoices(value: JsonValue | undefined, member: string): readonly Choice[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isJsonObject).flatMap((item): readonly Choice[] => {
    const id = stringOf(item[member]) ?? stringOf(item.id);
    if (id === undefined) return toChoices(item.options, member);
    const contextTokens = contextOf(item);
    return [
      {
        id,
        name: stringOf(item.name) ?? id,
        description: stringOf(item.description) ?? '',
        ...(contextTokens !== undefined && { contextTokens }),
      },
    ];
  });
}

const CONTEXT_MEMBERS = [
  'contextLimit',
  'contextWindow',
  'context_window',
  'contextLength',
  'maxInputTokens',
  'limitTokens',
];

function contextOf(item: JsonObject): number | undefined {
  const meta = isJsonObject(item._meta) ? item._meta : {};
  const found = [meta, item].flatMap((from) => CONTEXT_MEMBERS.map((name) => numberOf(from[name])));
  return found.find((tokens) => tokens !== undefined && tokens > 0);
}
