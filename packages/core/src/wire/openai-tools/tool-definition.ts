/** A declared function or free-form tool, the same in both of OpenAI's protocols once it is unpacked and checked. */
import type { ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';

export interface DeclaredFunction {
  readonly name: string;
  readonly description?: unknown;
  /** Any JSON Schema. Default: an object without properties. */
  readonly parameters?: object | null | undefined;
  readonly strict?: unknown;
}

export interface DeclaredCustomTool {
  readonly name: string;
  readonly description?: unknown;
  readonly format?: { readonly type?: unknown; readonly [key: string]: unknown } | null | undefined;
}

export function functionDefinition({ name, description, parameters, strict }: DeclaredFunction): ToolDefinition {
  return {
    kind: 'function',
    name,
    inputSchema: (parameters ?? { type: 'object', properties: {} }) as JsonObject,
    ...(typeof description === 'string' && { description }),
    ...(typeof strict === 'boolean' && { strict }),
  };
}

/** The grammar stands in `format.grammar` (chat completions) or in `format` itself (responses). */
export function customDefinition({ name, description, format }: DeclaredCustomTool): ToolDefinition {
  const grammar = isJsonObject(format?.grammar) ? format.grammar : format;
  return {
    kind: 'custom',
    name,
    inputSchema: {},
    ...(typeof description === 'string' && { description }),
    ...(format?.type === 'grammar' &&
      typeof grammar?.definition === 'string' && {
        grammar: {
          syntax: typeof grammar.syntax === 'string' ? grammar.syntax : 'lark',
          definition: grammar.definition,
        },
      }),
  };
}

/** `{ type, function: { … } }` or `{ type, custom: { … } }` unpacked; a flat declaration is what it is. */
export function unpackTool(tool: JsonObject, path: string): { readonly value: JsonObject; readonly path: string } {
  const key = tool.type === 'custom' ? 'custom' : 'function';
  const inner = tool[key];
  return isJsonObject(inner) ? { value: inner, path: `${path}.${key}` } : { value: tool, path };
}
