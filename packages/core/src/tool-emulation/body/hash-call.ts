/** MiniMax M2 without its template: `{tool => "terminal", args => { --command "ls -la" }}`. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../util/index.js';
import { type AcceptedCall, acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { endOfJson } from '../json/json-tracker.js';
import { parseLenient, parseStrict } from '../json/lenient-json.js';

const HEAD = /^\s*\{\s{0,9}tool\s{0,9}=>\s{0,9}["']([^"'\n]{1,256})["']\s{0,9},?\s{0,9}(?:args\s{0,9}=>\s{0,9}(?=\{))?/;
const OPTION = /\s*--([\w-]+)[:=]?\s+/y;
/** A quote ends a value only before the next option or the end: those inside are not escaped. */
const QUOTED_END = /"[ \t]*(?=\s{0,99}(?:--[\w-]+[:=]?\s|\}))/g;
const BARE = /[^\s}]+/y;

export function readHashCall(body: string, index: ToolIndex): readonly AcceptedCall[] | undefined {
  const head = HEAD.exec(body);
  const tool = head === null ? undefined : index.resolve(head[1] ?? '');
  if (head === null || tool === undefined) return undefined;
  const rest = body.slice(head[0].length).trim();
  const input = rest.startsWith('{') ? readArguments(rest) : {};
  const call = input === undefined ? undefined : acceptCall(tool, input, { textual: true });
  return call === undefined ? undefined : [call];
}

function readArguments(text: string): JsonObject | undefined {
  if (!/^\{\s*--/.test(text)) {
    const value = parseLenient(text.slice(0, Math.max(0, endOfJson(text, 0))));
    return isJsonObject(value) ? value : undefined;
  }
  const members: [string, JsonValue][] = [];
  for (let at = 1; ; ) {
    OPTION.lastIndex = at;
    const option = OPTION.exec(text);
    if (option === null) return /^[\s}]*$/.test(text.slice(at)) ? Object.fromEntries(members) : undefined;
    const from = OPTION.lastIndex;
    const value = readValue(text, from);
    if (value === undefined) return undefined;
    members.push([option[1] ?? '', value.value]);
    at = value.end;
  }
}

function readValue(text: string, from: number): { readonly value: JsonValue; readonly end: number } | undefined {
  switch (text[from]) {
    case '"': {
      QUOTED_END.lastIndex = from + 1;
      const close = QUOTED_END.exec(text);
      if (close === null) return undefined;
      const quoted = parseStrict(text.slice(from, close.index + 1));
      return { value: quoted ?? text.slice(from + 1, close.index), end: QUOTED_END.lastIndex };
    }
    case '{':
    case '[': {
      const end = endOfJson(text, from);
      const value = end < 0 ? undefined : parseLenient(text.slice(from, end));
      return value === undefined ? undefined : { value, end };
    }
    default: {
      BARE.lastIndex = from;
      const bare = BARE.exec(text)?.[0];
      return bare === undefined ? undefined : { value: bare, end: BARE.lastIndex };
    }
  }
}
