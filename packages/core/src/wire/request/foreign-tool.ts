/** Tool declarations in the spelling of another protocol than the route's: what one route understands, all do. */
import * as z from 'zod/mini';
import { flatName, type ToolDefinition } from '../../chat/index.js';
import { isJsonObject, type JsonObject } from '../../util/index.js';
import { clientTool } from '../anthropic-messages/client-tools.js';
import { builtInTool } from '../openai-responses/request/built-in-tools.js';
import { customDefinition, functionDefinition, unpackTool } from '../openai-tools/tool-definition.js';
import { parseAt } from './parse-schema.js';

const named = z.looseObject({ name: z.string().check(z.minLength(1)) });

/** A schema under the name that Anthropic or MCP gives it; `undefined` where OpenAI's stands or none. */
export function foreignSchema(tool: JsonObject): JsonObject | undefined {
  return [tool.input_schema, tool.inputSchema].find(isJsonObject);
}

/**
 * Never reads what a protocol's own servers would run.
 *
 * @returns `undefined` when no protocol's clients run such a tool
 * @throws GatewayError `invalid_request` for a declaration without a name
 */
export function foreignTools(tool: JsonObject, path: string): readonly ToolDefinition[] | undefined {
  const { value, path: place } = unpackTool(tool, path);
  if (value !== tool) return [openAiTool(value, tool.type, place)];
  const schema = foreignSchema(tool) ?? (isJsonObject(tool.parameters) ? tool.parameters : undefined);
  if (schema !== undefined) {
    const { name } = parseAt(named, tool, path);
    const { description, strict } = tool;
    return [functionDefinition({ name, description, parameters: schema, strict })];
  }
  if (tool.type === 'function' || tool.type === 'custom') return [openAiTool(tool, tool.type, path)];
  if (tool.type === 'namespace') return namespaceTools(tool, path);
  const known = clientTool(tool);
  if (known !== undefined) {
    const { name } = parseAt(named, tool, path);
    return [{ kind: 'function', name, ...known }];
  }
  const builtIn = builtInTool(tool);
  return builtIn === undefined ? undefined : [builtIn.definition];
}

function openAiTool(value: JsonObject, type: unknown, path: string): ToolDefinition {
  const { name } = parseAt(named, value, path);
  if (type !== 'custom') {
    const parameters = [value.parameters, foreignSchema(value)].find(isJsonObject);
    return functionDefinition({ name, description: value.description, parameters, strict: value.strict });
  }
  const format = isJsonObject(value.format) ? value.format : undefined;
  return customDefinition({ name, description: value.description, format });
}

/** Where calls cannot carry a namespace, it becomes part of the name. */
function namespaceTools(tool: JsonObject, path: string): readonly ToolDefinition[] {
  const { name: namespace } = parseAt(named, tool, path);
  const inner = Array.isArray(tool.tools) ? (tool.tools as readonly unknown[]) : [];
  return inner.flatMap((entry, index) => {
    if (!isJsonObject(entry) || entry.type === 'namespace') return [];
    const tools = foreignTools(entry, `${path}.tools[${index}]`) ?? [];
    return tools.map((definition) => ({ ...definition, name: flatName({ name: definition.name, namespace }) }));
  });
}
