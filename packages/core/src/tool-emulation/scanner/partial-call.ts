/** The beginning of a call that the length limit cut: enough to show it, never enough to run it. */
import type { ToolDefinition } from '../../chat/index.js';
import type { Reading } from '../block/block.js';
import type { ToolIndex } from '../call/tool-index.js';
import { objectView } from '../schema/schema-view.js';

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
  /(?:^|\n)\s{0,20}(?:print\()?([\w.]{1,256})\(/,
  /tool[ _-]?calls?[*: ]{0,9}\s{0,99}[`*"']?([\w.-]{1,256})[`*"']?\s{0,99}\{/i,
];
const INPUT =
  /["'“](?:parameters|arguments|input|args|params|tool_input)["'”]\s*:\s*|<[|｜]tool[▁_ ](?:sep|call[▁_ ]argument[▁_ ]begin)[|｜]>\s*(?:[\w.-]{1,256}\s*`{3,}\w*\s*)?(?=\{)/;
/** A member's opening tag, and what of it names the member: an attribute, or a pair of elements. */
const MEMBER =
  /<[^<>/=]{0,80}?(?:parameter|param|arg)(?:=|\s+name=)["']?([^"'<>\s]{1,256})["']?[^<>]{0,256}>|<(?:longcat_)?arg_key>([^<]{1,256})<\/(?:longcat_)?arg_key>\s*<(?:longcat_)?arg_value>/g;
/** Members named by their elements, as far as the tool has them. */
const CHILD = /<([A-Za-z_][\w.-]{0,80})>/g;
/** The first argument of a call expression. */
const FIRST_NAMED = /\(\s*([A-Za-z_]\w{0,80})\s*[=:]\s*(?:"{1,3}|'{1,3})?/;
/** MiniMax M3 has it before each tag. */
const TAG_MARK = ']<]minimax[>[';

/** Whether there is more of an input than the bracket that begins it. */
export function hasArgument(input: string): boolean {
  return !/^\s*\{?\s*$/.test(input);
}

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
  if (tool.kind === 'custom') return '';
  const { properties } = objectView(tool.inputSchema);
  const members = readMembers(text, MEMBER) ?? readMembers(text, CHILD, (name) => properties.has(name));
  if (members !== undefined) return members;
  const [opening, name] = FIRST_NAMED.exec(head) ?? [];
  if (opening === undefined || name === undefined) return '';
  return openMember(name, text.slice(head.indexOf(opening) + opening.length));
}

/** The members as JSON that is open at its end; `undefined`: there are none. */
function readMembers(
  text: string,
  pattern: RegExp,
  isMember: (name: string) => boolean = () => true,
): string | undefined {
  let members = '';
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const key = (match[1] ?? match[2] ?? '').trim();
    if (!isMember(key)) continue;
    const end = text.indexOf('</', pattern.lastIndex);
    const value = text.slice(pattern.lastIndex, end < 0 ? undefined : end).replace(/^\n|\n$/g, '');
    // The open one is shown where there is no other.
    if (end < 0) return members === '' ? openMember(key, value) : members;
    const separator = members === '' ? '{' : `${members},`;
    const shown = value.endsWith(TAG_MARK) ? value.slice(0, -TAG_MARK.length) : value;
    members = `${separator}${JSON.stringify(key)}:${JSON.stringify(shown)}`;
    pattern.lastIndex = end;
  }
  return members || undefined;
}

const openMember = (name: string, value: string): string =>
  value === '' ? '' : `{${JSON.stringify(name)}:${JSON.stringify(value).slice(0, -1)}`;

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
