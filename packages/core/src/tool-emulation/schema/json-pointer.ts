/** JSON Pointers (RFC 6901) as they stand in references. */
import { isJsonObject, type JsonValue } from '../../util/index.js';

/** What `pointer` (`/$defs/A`, percent signs decoded where they decode) names inside `root`; `undefined`: nothing. */
export function followPointer(pointer: string, root: JsonValue | undefined): JsonValue | undefined {
  let current = root;
  for (const raw of pointer.slice(1).split('/')) {
    const key = safeDecode(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = (current as readonly JsonValue[])[Number(key)];
    else if (isJsonObject(current)) current = Object.hasOwn(current, key) ? current[key] : undefined;
    else return undefined;
  }
  return current;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
