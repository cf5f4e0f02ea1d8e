/** A JSON object as it came off the wire: nothing about its members is known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** True for a plain JSON object; false for arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member when it is a string, else `''`: the Go side reads absent strings as empty ones. */
export function stringMember(object: JsonObject, key: string): string {
  const value = object[key];
  return typeof value === 'string' ? value : '';
}

/** The member when it is an object, else an empty object. */
export function objectMember(object: JsonObject, key: string): JsonObject {
  const value = object[key];
  return isJsonObject(value) ? value : {};
}

/** The member when it is an array, else an empty one. */
export function arrayMember(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key];
  return Array.isArray(value) ? value : [];
}
