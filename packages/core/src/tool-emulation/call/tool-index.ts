/** Which tool a model means by a name: the exact one, or another spelling when only one tool can be meant. */
import {
  chosenTool,
  isNamed,
  perTool,
  qualifiedNames,
  type ToolChoice,
  type ToolDefinition,
} from '../../chat/index.js';
import { aliasGroup, bareToolName } from './tool-aliases.js';

export interface ToolIndex {
  readonly tools: readonly ToolDefinition[];
  /** Set when only one tool can be meant: the choice names it, or demands a call where there is no other. */
  readonly only?: ToolDefinition;
  /** Whether a call is demanded at all. */
  readonly forced: boolean;
  /** `undefined`: no such tool, or several could be meant. */
  resolve(name: string): ToolDefinition | undefined;
}

/** Longer than any name a tool may have; nothing beyond it is looked at. */
const MAX_NAME_LENGTH = 256;
/** What models put before a name: the word their chat template or SDK uses. */
const PREFIX = /^(?:functions?|tools?|default_api|api|multi_tool_use|client|mcp)[.:/]+/;

export function createToolIndex(tools: readonly ToolDefinition[], choice: ToolChoice = { type: 'auto' }): ToolIndex {
  // Most answers name no tool at all.
  let names: ReturnType<typeof tableNames> | undefined;
  const memory = new Map<string, ToolDefinition | undefined>();
  const only = choice.type === 'required' && tools.length === 1 ? tools[0] : chosenTool(tools, choice);

  const find = (name: string): ToolDefinition | undefined => {
    // Kimi numbers its calls: `functions.read_file:0`.
    const written = name
      .trim()
      .replace(/^[`"'*]+|[`"'*]+$/g, '')
      .replace(/:\d+$/, '');
    const short = written.replace(PREFIX, '');
    const bareName = bareToolName(short);
    if (bareName === '') return undefined;
    names ??= tableNames(tools);
    const { own, ownBare, exact, bare, tails, groups } = names;
    // Where one tool is demanded, a name it shares with others is meant for it.
    if (only !== undefined && (isNamed(only, written) || isNamed(only, short))) return only;
    for (const match of [
      own.find(written),
      own.find(short),
      exact.find(written),
      exact.find(short),
      ownBare.find(bareToolName(written)),
      ownBare.find(bareName),
      bare.find(bareToolName(written)),
      bare.find(bareName),
      bareName.length > 2 ? tails.find(bareName) : undefined,
      ...tailsOf(short).map((tail) => exact.find(tail) ?? bare.find(bareToolName(tail))),
    ]) {
      if (match !== undefined) return match.tool;
    }
    const group = aliasGroup(bareName);
    return group === undefined ? undefined : groups.find(String(group))?.tool;
  };

  return {
    tools,
    forced: choice.type === 'tool' || choice.type === 'required',
    ...(only !== undefined && { only }),
    resolve(name) {
      if (name.length > MAX_NAME_LENGTH) return undefined;
      if (!memory.has(name)) memory.set(name, find(name));
      const tool = memory.get(name);
      return choice.type === 'tool' && tool !== only ? undefined : tool;
    },
  };
}

/** What a tool may be called. */
const namesOf = perTool((tool) => {
  const own = ownNames(tool);
  const tails = tailsOf(tool.name);
  const groups = [tool.name, ...tails].map((name) => aliasGroup(bareToolName(name)));
  return {
    // A tool's own name is no other's: of those in namespaces the bare one comes second.
    own,
    ownBare: own.map(bareToolName),
    exact: [tool.name],
    bare: [bareToolName(tool.name)],
    // `mcp__github__search` may be called `search` or `github__search`.
    tails: tails.map(bareToolName),
    groups: groups.filter((group) => group !== undefined).map(String),
  };
});

const tableNames = (tools: readonly ToolDefinition[]) => ({
  own: new Names(tools, (tool) => namesOf(tool).own),
  ownBare: new Names(tools, (tool) => namesOf(tool).ownBare),
  exact: new Names(tools, (tool) => namesOf(tool).exact),
  bare: new Names(tools, (tool) => namesOf(tool).bare),
  tails: new Names(tools, (tool) => namesOf(tool).tails),
  groups: new Names(tools, (tool) => namesOf(tool).groups),
});

const ownNames = (tool: ToolDefinition): readonly string[] =>
  tool.namespace === undefined ? [tool.name] : qualifiedNames(tool);

/** `a__b__c` and `a.b.c` → `b__c`, `c`. */
function tailsOf(name: string): readonly string[] {
  const tails: string[] = [];
  for (const match of name.matchAll(/__|[.:/]/g)) {
    const tail = name.slice(match.index + match[0].length);
    if (tail !== '') tails.push(tail);
  }
  return tails;
}

/** Names that lead to one tool each; `tool: undefined` where several share one. */
class Names {
  readonly #tools = new Map<string, ToolDefinition | undefined>();

  constructor(tools: readonly ToolDefinition[], namesOf: (tool: ToolDefinition) => readonly string[]) {
    for (const tool of tools) {
      for (const name of new Set(namesOf(tool))) {
        const known = this.#tools.get(name);
        const same = known !== undefined && known.name === tool.name && known.namespace === tool.namespace;
        if (!same) this.#tools.set(name, this.#tools.has(name) ? undefined : tool);
      }
    }
  }

  find(name: string): { readonly tool: ToolDefinition | undefined } | undefined {
    return this.#tools.has(name) ? { tool: this.#tools.get(name) } : undefined;
  }
}
