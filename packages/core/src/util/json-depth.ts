/** Cutting what is nested too deeply. Without recursion: a value deep enough ends the stack of whatever walks it with some. */
import { isContainer, isDeeperThan, type JsonValue } from './json.js';

/** `value` with `null` for what lies deeper than `maxDepth` levels; the same value when nothing does. */
export function cutDepth(value: JsonValue, maxDepth: number): JsonValue {
  if (!isDeeperThan(value, maxDepth)) return value;
  const root: { [key: string]: JsonValue } = {};
  const places: {
    readonly into: { [key: string]: JsonValue } | JsonValue[];
    readonly key: string | number;
    readonly from: JsonValue;
    readonly depth: number;
  }[] = [{ into: root, key: 'value', from: value, depth: 1 }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { into, key, from, depth } = place;
    if (!isContainer(from)) put(into, key, from);
    else if (depth > maxDepth) put(into, key, null);
    else if (Array.isArray(from)) {
      const copy: JsonValue[] = new Array<JsonValue>(from.length).fill(null);
      put(into, key, copy);
      for (const [index, member] of from.entries()) {
        places.push({ into: copy, key: index, from: member, depth: depth + 1 });
      }
    } else {
      const copy: { [key: string]: JsonValue } = {};
      put(into, key, copy);
      for (const [name, member] of Object.entries(from)) {
        if (member !== undefined) places.push({ into: copy, key: name, from: member, depth: depth + 1 });
      }
    }
  }
  return root.value as JsonValue;
}

/** As its own member, whatever it is called: `__proto__` is a name like any other in JSON. */
function put(into: object, key: string | number, value: JsonValue): void {
  Object.defineProperty(into, key, { value, writable: true, enumerable: true, configurable: true });
}
