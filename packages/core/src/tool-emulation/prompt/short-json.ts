/** The beginning of a value's JSON: what is shown of it costs no more than it shows. */
import { isJsonObject, type JsonValue } from '../../util/index.js';
import { toLineJson } from '../json/line-json.js';
import { cutText } from './cut-text.js';

/** Like `JSON.stringify`, cut to `limit` characters; however long or deep the value is. */
export function shortJson(value: JsonValue, limit: number): string {
  const parts: string[] = [];
  let length = 0;
  const write = (text: string): boolean => {
    parts.push(text);
    length += text.length;
    return length <= limit;
  };
  // Every level writes a character, so the limit is one of depth as well.
  const visit = (one: JsonValue): boolean => {
    if (typeof one === 'string') return write(toLineJson(one.slice(0, limit + 1)));
    if (Array.isArray(one)) {
      if (!write('[')) return false;
      for (const [index, item] of one.entries()) if ((index > 0 && !write(',')) || !visit(item)) return false;
      return write(']');
    }
    if (!isJsonObject(one)) return write(String(one));
    if (!write('{')) return false;
    let count = 0;
    for (const key in one) {
      const member = Object.hasOwn(one, key) ? one[key] : undefined;
      if (member === undefined) continue;
      if ((count++ > 0 && !write(',')) || !visit(key) || !write(':') || !visit(member)) return false;
    }
    return write('}');
  };
  visit(value);
  return cutText(parts.join(''), limit);
}
