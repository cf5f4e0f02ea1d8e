/** The beginning of a call that the length limit cut: enough to show it, never enough to run it. */
import type { ToolDefinition } from '../chat/index.js';
import type { Reading } from './formats/block.js';
import type { ToolIndex } from './tool-index.js';

export interface PartialCall {
  readonly tool: ToolDefinition;
  /** The input as far as it goes; never whole JSON. */
  readonly input: string;
}

/** Only the head of a block can name the tool. */
const MAX_HEAD = 4096;
const NAMES: readonly RegExp[] = [
  /["'“](?:tool|tool_name|name|function|function_name|action)["'”]\s*:\s*["'“]([^"'“”]+)["'”]/,
  /<[^<>]*?(?:function|invoke|tool|tool_call)(?:=|\s+name=)["']?([^"'<>\s]+)["']?\s*>/,
  /<[|｜]tool[▁_ ]call[▁_ ]begin[|｜]>\s*(?!function\s*<)([\w.-]+)(?::\d+)?\s*</,
  /<[|｜]tool[▁_ ]sep[|｜]>\s*([\w.-]+)\s*\n/,
  /<tool_call>\s*([\w.-]+)\s*(?:\n|<arg_key>)/,
  /(?:^|\n)\s*(?:print\()?([\w.]+)\(/,
  /tool[ _-]?calls?[*: ]*\n?\s*[`*"']?([\w.-]+)[`*"']?\s*\n?\s*\{/i,
];
const INPUT =
  /["'“](?:parameters|arguments|input|args|params|tool_input)["'”]\s*:\s*|<[|｜]tool[▁_ ](?:sep|call[▁_ ]argument[▁_ ]begin)[|｜]>\s*(?=\{)/;
const MEMBER = /<[^<>/]*?(?:parameter|arg)(?:=|\s+name=)["']?([^"'<>\s]+)["']?[^<>]*>/g;

/** The call that `text`, a block the answer ended in, began; `undefined` when no known tool was named. */
function readPartialCall(text: string, index: ToolIndex): PartialCall | undefined {
  const head = text.slice(0, MAX_HEAD);
  for (const pattern of NAMES) {
    const name = pattern.exec(head)?.[1];
    const tool = name === undefined ? undefined : index.resolve(name);
    if (tool !== undefined) return { tool, input: partialInput(text, head, tool) };
  }
  return undefined;
}

/**
 * The call the length limit cut in a block that read as `reading`: the last thing in it, or the block as a whole.
 * `rest`: the reading without it.
 */
export function cutCall(
  reading: Reading,
  raw: string,
  index: ToolIndex,
): { readonly call: PartialCall; readonly rest: Reading } | undefined {
  const items = reading.type === 'calls' ? reading.items : [];
  const last = reading.type === 'calls' ? items.at(-1) : raw;
  const call = typeof last === 'string' ? readPartialCall(last, index) : undefined;
  if (call === undefined) return undefined;
  return { call, rest: reading.type === 'calls' ? { ...reading, items: items.slice(0, -1) } : reading };
}

function partialInput(text: string, head: string, tool: ToolDefinition): string {
  const start = INPUT.exec(head);
  if (start !== null) {
    const input = text.slice(start.index + start[0].length).trimEnd();
    if (tool.kind === 'custom') return unquote(input);
    return isWholeJson(input) ? input.slice(0, -1) : input;
  }
  const members: string[] = [];
  MEMBER.lastIndex = 0;
  for (let match = MEMBER.exec(text); match !== null; match = MEMBER.exec(text)) {
    const end = text.indexOf('</', MEMBER.lastIndex);
    if (end < 0) break;
    const value = text.slice(MEMBER.lastIndex, end).replace(/^\n|\n$/g, '');
    members.push(`${JSON.stringify(match[1])}:${JSON.stringify(value)}`);
    MEMBER.lastIndex = end;
  }
  return members.length === 0 || tool.kind === 'custom' ? '' : `{${members.join(',')}`;
}

/** The input may be whole while its block is not; without its last bracket no client runs it. */
function isWholeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The text of a string that was cut: as many of its escapes as are whole. */
function unquote(text: string): string {
  if (!text.startsWith('"')) return text;
  const body = text.slice(1).replace(/\\(?:u[\da-fA-F]{0,3})?$/, '');
  try {
    return JSON.parse(`"${body.replace(/"[\s\S]*$/, '')}"`) as string;
  } catch {
    return body;
  }
}
