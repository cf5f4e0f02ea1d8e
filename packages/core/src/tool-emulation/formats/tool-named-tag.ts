/** `<read_file><path>a.ts</path></read_file>`: the form agents with XML prompts taught many models. */
import type { ToolDefinition } from '../../chat/index.js';
import { acceptCall } from '../accept-call.js';
import { parseLenient } from '../lenient-json.js';
import { type Extent, readChildren, tidyValue } from '../markup.js';
import type { BodyReading } from '../read-body.js';

/** The tag is an ordinary word, so the content must fit the schema and hold nothing else. */
export function readToolNamedTag(body: string, tool: ToolDefinition, extent: Extent): BodyReading {
  if (extent === 'cut') return undefined;
  if (tool.kind === 'custom') {
    const inner = /^\s*<input>([\s\S]*)<\/input>\s*$/.exec(body)?.[1];
    const call = inner === undefined ? undefined : acceptCall(tool, tidyValue(inner));
    return call === undefined ? undefined : [call];
  }
  const children = body.trimStart().startsWith('{') ? undefined : readChildren(body);
  const input = children ?? parseLenient(body);
  if (input === undefined) return undefined;
  const call = acceptCall(tool, input, { strictMembers: true, textual: children !== undefined });
  return call === undefined ? undefined : [call];
}
