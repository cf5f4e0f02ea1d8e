/**
 * Gemma's own call: `call:get_weather{city:<escape>Oslo<escape>,days:2}`, its strings between marks of their own. Needed
 * by FunctionGemma (`<start_function_call>`, `<escape>`) and Gemma 4 (`<|tool_call>`, `<|"|>`), whose chat templates
 * teach nothing else.
 */

import type { BodyReading } from '../body/read-body.js';
import { acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { parseLenient } from '../json/lenient-json.js';

/** What opens a call, and what closes it. */
export const GEMMA_CLOSERS: Readonly<Record<string, string>> = {
  '<start_function_call>': '<end_function_call>',
  '<|tool_call>': '<tool_call|>',
};
export const GEMMA_HEAD = /^c(?:a(?:l(?:l(?::[\s\S]*)?)?)?)?$/;
const CALL = /^\s*call:([\w.:/-]+)\s*(\{[\s\S]*\})\s*$/;
const QUOTE = /<escape>|<\|"\|>/;

/** Only the closing mark says that the call is whole. */
export function readGemmaCall(body: string, index: ToolIndex): BodyReading {
  const [, name = '', written = ''] = CALL.exec(body) ?? [];
  const tool = index.resolve(name);
  if (tool === undefined) return undefined;
  const json = written
    .split(QUOTE)
    .map((piece, at) => (at % 2 === 1 ? JSON.stringify(piece) : piece))
    .join('');
  const call = acceptCall(tool, parseLenient(json) ?? null);
  return call === undefined ? undefined : [call];
}
