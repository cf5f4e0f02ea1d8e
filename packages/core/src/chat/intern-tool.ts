/**
 * Tools that come again. An agent sends the same tools with every turn, each time parsed anew; what is computed of one (its
 * text for the prompt, its tokens, its names) hangs on the first that was seen with the same JSON. Nothing outlives the
 * bound: with the tool goes what hangs on it.
 */
import { LRUCache } from 'lru-cache';
import { isSameJson, stringifyJson } from '../util/index.js';
import type { ToolDefinition } from './request.js';

/** Characters of JSON of all tools that are remembered, some twenty agents' worth. What hangs on them is about as long again. */
const MAX_REMEMBERED = 2 * 1024 * 1024;
/** Nor is any that is larger than this: it would push out the others. */
const MAX_TOOL = 128 * 1024;

interface Interned {
  readonly tool: ToolDefinition;
  readonly json: string;
}

/** Of each name the one that came last: to compare with it is cheaper than to write JSON. Holds nothing that `byJson` does not. */
const latest = new Map<string, Interned>();
const byJson = new LRUCache<string, Interned>({
  maxSize: MAX_REMEMBERED,
  sizeCalculation: (_, key) => key.length,
  maxEntrySize: MAX_TOOL,
  dispose(gone) {
    if (latest.get(gone.tool.name) === gone) latest.delete(gone.tool.name);
  },
});
/** So that a tool is written as JSON once, however often it is asked about. */
const sameAs = new WeakMap<ToolDefinition, ToolDefinition>();

/** A function of a tool that is worked out once for all tools with the same JSON. Its results must not be changed. */
export function perTool<Value extends {}>(compute: (tool: ToolDefinition) => Value): (tool: ToolDefinition) => Value {
  const known = new WeakMap<ToolDefinition, Value>();
  return (tool) => {
    const interned = intern(tool);
    let value = known.get(interned);
    if (value === undefined) {
      value = compute(interned);
      known.set(interned, value);
    }
    return value;
  };
}

function intern(tool: ToolDefinition): ToolDefinition {
  let interned = sameAs.get(tool);
  if (interned === undefined) {
    interned = find(tool);
    sameAs.set(tool, interned);
  }
  return interned;
}

function find(tool: ToolDefinition): ToolDefinition {
  const last = latest.get(tool.name);
  const json = last !== undefined && isSameJson(last.tool, tool) ? last.json : stringifyJson(tool);
  let known = byJson.get(json);
  if (known === undefined) {
    known = { tool, json };
    byJson.set(json, known);
    if (!byJson.has(json)) return tool;
  }
  latest.set(tool.name, known);
  return known.tool;
}
