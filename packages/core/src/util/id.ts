/** Ids as the protocols write them: a prefix and hex digits. */

/** `createId('chatcmpl-')` → `chatcmpl-` and 32 hex digits. */
export function createId(prefix = ''): string {
  return prefix + crypto.randomUUID().replaceAll('-', '');
}
