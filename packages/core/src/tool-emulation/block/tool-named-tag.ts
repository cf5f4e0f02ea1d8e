/** `<read_file><path>a.ts</path></read_file>`: the form agents with XML prompts taught many models. */
import type { ToolDefinition } from '../../chat/index.js';
import { type Extent, MarkupReader, tidyValue } from '../body/markup-call.js';
import type { BodyReading } from '../body/read-body.js';
import { acceptCall } from '../call/accept-call.js';
import { parseLenient } from '../json/lenient-json.js';

/** The tag is an ordinary word, so the content must fit the schema and hold nothing else. */
export function readToolNamedTag(body: string, tool: ToolDefinition, extent: Extent): BodyReading {
  if (extent === 'cut') return undefined;
  if (tool.kind === 'custom') {
    const inner = /^\s*<(input|patch|content|text)>([\s\S]*)<\/\1>\s*$/.exec(body)?.[2] ?? bareText(body, tool.name);
    const call = inner === undefined ? undefined : acceptCall(tool, tidyValue(inner));
    return call === undefined ? undefined : [call];
  }
  // An element without content is a call when its name can be nothing but a tool's and nothing need be said.
  if (body.trim() === '') {
    const call = isOwnWord(tool.name) ? acceptCall(tool, {}) : undefined;
    return call === undefined ? undefined : [call];
  }
  const children = body.trimStart().startsWith('{') ? undefined : new MarkupReader(body).children();
  const input = children ?? parseLenient(body);
  if (input === undefined) return undefined;
  const call = acceptCall(tool, input, { strictMembers: true, textual: children !== undefined });
  return call === undefined ? undefined : [call];
}

function bareText(body: string, name: string): string | undefined {
  return isOwnWord(name) && body.trim() !== '' && !/^\s*[<{]/.test(body) ? body : undefined;
}

/** No element of HTML or of a common XML dialect is called like this. */
export function isOwnWord(name: string): boolean {
  return /[a-z0-9][_A-Z][A-Za-z0-9]/.test(name);
}
