/** Ids as the protocols write them: a prefix and hex digits. */

/** `createId('chatcmpl-')` → `chatcmpl-` and 32 hex digits. */
export function createId(prefix = ''): string {
  const uuid = crypto.randomUUID();
  return prefix + uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24);
}
