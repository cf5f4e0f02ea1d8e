/** The words in a value that nothing here understands, so that what was said is not lost with its form. */

/** Members that name, count or prove something, and say nothing. */
const NO_TEXT =
  /^(?:type|role|id|status|phase|index|object|mime_?type|media_type|format|encoding|detail|signature|encrypted_content|data|file_data|fingerprint|cache_control|logprobs)$|(?:^|_)ids?$|Id$|(?:^|_)ur[li]$/;
/** Bytes in disguise. */
const BYTES = /^(?:data:[^,]{0,200},|[A-Za-z0-9+/=_-]{200})/;
/** Deeper and further values are passed over. */
const MAX_DEPTH = 8;
const MAX_VALUES = 10_000;
const MAX_LENGTH = 200_000;

/** All texts, one a line, in the order in which they stand. Empty when there are none. */
export function textOf(value: unknown): string {
  const texts: string[] = [];
  let length = 0;
  let seen = 0;
  const visit = (current: unknown, depth: number): void => {
    if (++seen > MAX_VALUES || length > MAX_LENGTH) return;
    if (typeof current === 'string') {
      if (current.trim() === '' || BYTES.test(current)) return;
      texts.push(current);
      length += current.length;
      return;
    }
    if (typeof current !== 'object' || current === null || depth >= MAX_DEPTH) return;
    for (const [key, member] of Object.entries(current)) {
      if (Array.isArray(current) || !NO_TEXT.test(key)) visit(member, depth + 1);
    }
  };
  visit(value, 0);
  return texts.join('\n').slice(0, MAX_LENGTH);
}
