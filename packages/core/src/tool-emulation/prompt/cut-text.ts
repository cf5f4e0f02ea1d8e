/** Shortens text where a reader would: after a sentence or a line if one ends late enough, else after a word. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = text.slice(0, limit);
  const sentence = Math.max(head.lastIndexOf('. '), head.lastIndexOf('。'), head.lastIndexOf('\n'));
  if (sentence > limit * 0.6) return `${head.slice(0, sentence + 1).trimEnd()} …`;
  const word = head.lastIndexOf(' ');
  const end = word > limit * 0.6 ? word : limit - (/[\ud800-\udbff]$/.test(head) ? 1 : 0);
  return `${head.slice(0, end)} …`;
}
