/**
 * Tools that come again. An agent sends the same tools with every turn, each time parsed anew; what is computed of one (its
 * text for the prompt, its tokens, its names) hangs on the first that was seen with the same JSON. Nothing outlives the
 * bound: with the tool goes what hangs on it.
 */
import { LRUCache } from 'lru-cache';
import { stringifyJson } from '../util/index.js';
import type { ToolDefinition } from './request.js';

/** Characters of JSON of all tools that are remembered, some twenty agents' worth. What hangs on them is about as long again. */
const MAX_REMEMBERED = 2 * 1024 * 1024;
/** Nor is any that is larger than this: it would push out the others. */
const MAX_TOOL = 128 * 1024;

const byJson = new LRUCache<string, ToolDefinition>({
  maxSize: MAX_REMEMBERED,
  sizeCalculation: (_, key) => key.length,
  maxEntrySize: MAX_TOOL,
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
    const json = stringifyJson(tool);
    interned = byJson.get(json);
    if (interned === undefined) {
      interned = tool;
      byJson.set(json, tool);
    }
    sameAs.set(tool, interned);
  }
  return interned;
}
