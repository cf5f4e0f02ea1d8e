/** Names of tools. One inside a namespace has its own name, which others may share, and qualified ones, which they don't. */
import type { ToolChoice, ToolDefinition } from './request.js';

/** A tool by its name and the namespace it is in. */
export type Named = Pick<ToolDefinition, 'name' | 'namespace'>;

/** How a tool of a namespace is told to the model: `mail.find`. */
export function qualifiedName({ name, namespace }: Named): string {
  return namespace === undefined ? name : `${namespace}.${name}`;
}

/** The same where a name may hold letters, digits, `_` and `-` only: `mail__find`. */
export function flatName({ name, namespace }: Named): string {
  return namespace === undefined ? name : `${namespace}__${name}`;
}

/** All that is written for a qualified name; empty for a tool without namespace. */
export function qualifiedNames({ name, namespace }: Named): readonly string[] {
  return namespace === undefined ? [] : ['.', '__', '/', ':'].map((separator) => `${namespace}${separator}${name}`);
}

/** Whether `name` is the tool's own or a qualified name. */
export function isNamed(tool: Named, name: string): boolean {
  return tool.name === name || qualifiedNames(tool).includes(name);
}

/** The tool of a name that may be several tools' own: one without namespace first, then a qualified one. */
export function toolNamed<Tool extends Named>(tools: readonly Tool[], name: string): Tool | undefined {
  return (
    tools.find((tool) => tool.namespace === undefined && tool.name === name) ??
    tools.find((tool) => qualifiedNames(tool).includes(name)) ??
    tools.find((tool) => tool.name === name)
  );
}

/** The tool that a choice forces; `undefined` for a choice that names none, or one that is not there. */
export function chosenTool<Tool extends Named>(tools: readonly Tool[], choice: ToolChoice): Tool | undefined {
  if (choice.type !== 'tool') return undefined;
  const { toolName, namespace } = choice;
  if (namespace === undefined) return toolNamed(tools, toolName);
  return tools.find((tool) => tool.namespace === namespace && tool.name === toolName);
}
