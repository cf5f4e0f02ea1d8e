/** Calls written as a name and pairs of `<arg_key>` and `<arg_value>`: GLM, Hunyuan, LongCat. */
import type { JsonValue } from '../../util/index.js';
import { type ElementCall, matchAt, tidyValue } from './markup-call.js';

const GLM_NAME = /^\s*([^\s<>{}()"']+)\s*(?:<tool_sep>\s*)?(?=<(?:longcat_)?arg_key>|$)/;
const GLM_PAIR = /\s*<(?:longcat_)?arg_key>([^<]*)<\/(?:longcat_)?arg_key>\s*(?:<(?:longcat_)?arg_value>)?/y;
const GLM_CLOSE = /<\/(?:longcat_)?arg_value>(?=\s*(?:<(?:longcat_)?arg_key>|$))/g;

/** `open`: a pair is not at its end; `undefined`: something else stands there. */
export function readPairs(body: string): ElementCall | 'open' | undefined {
  const head = GLM_NAME.exec(body);
  const name = head?.[1];
  if (head === null || name === undefined) return undefined;
  const members: [string, JsonValue][] = [];
  let at = head[0].length;
  while (body.slice(at).trim() !== '') {
    const pair = matchAt(GLM_PAIR, body, at);
    if (pair === undefined) return /^<(?:longcat_)?arg_/.test(body.slice(at, at + 16)) ? 'open' : undefined;
    const from = at + pair[0].length;
    GLM_CLOSE.lastIndex = from;
    const close = GLM_CLOSE.exec(body);
    if (close === null) return 'open';
    members.push([(pair[1] ?? '').trim(), tidyValue(body.slice(from, close.index))]);
    at = close.index + close[0].length;
  }
  return { name, input: Object.fromEntries(members), end: body.length };
}
