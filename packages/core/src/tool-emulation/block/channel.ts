/**
 * Formats that write their calls into channels of special tokens. Needed by gpt-oss (harmony: `<|channel|>commentary
 * to=functions.x<|message|>{…}<|call|>`) and by Kimi K3 (XTML: `<|open|>tools<|sep|>…`); inference servers that do not
 * parse them hand them over as text.
 */
import { readBody } from '../body/read-body.js';
import type { ToolIndex } from '../call/tool-index.js';
import { TagBlock } from './tag-block.js';

/** Longer heads are none. */
const MAX_HEAD = 200;
/** gpt-oss: the call's name stands in the channel line or in that of the role. */
const CHANNEL =
  /(?:<\|start\|>assistant([^<>\n]{0,60}))?<\|channel\|>([^<>\n]{0,90})(?:<\|constrain\|>\w{0,20}[ \t]{0,4})?<\|message\|>/y;
const RECIPIENT = /\bto=([\w.:-]+)/;
const MESSAGE = '<|message|>';
const XTML_OPEN = '<|open|>tools<|sep|>';
const XTML_TAG = /<\|(open|close)\|>([^<>]*)<\|sep\|>/g;

/** At the token `<|channel|>`, `<|start|>` or `<|open|>`. `more`: the text ends before it is clear. */
export function openChannel(
  text: string,
  at: number,
  index: ToolIndex,
  isFinal: boolean,
): TagBlock | 'more' | undefined {
  if (text.startsWith('<|open|>', at)) return openXtml(text, at, index, isFinal);
  CHANNEL.lastIndex = at;
  const channel = CHANNEL.exec(text);
  if (channel === null) {
    const head = text.slice(at, at + MAX_HEAD);
    return isFinal || head.length === MAX_HEAD || head.includes('\n') || head.includes(MESSAGE) ? undefined : 'more';
  }
  const [opener, role = '', line = ''] = channel;
  const name = RECIPIENT.exec(line)?.[1] ?? RECIPIENT.exec(role)?.[1];
  if (name === undefined) return undefined;
  return new TagBlock({
    opener,
    closers: ['<|call|>', '<|end|>', '<|return|>'],
    read: (body, extent) => readBody(`${name}\n${body}`, index, 'marked', extent),
  });
}

function openXtml(text: string, at: number, index: ToolIndex, isFinal: boolean): TagBlock | 'more' | undefined {
  if (!text.startsWith(XTML_OPEN, at)) {
    const head = text.slice(at, at + XTML_OPEN.length);
    return !isFinal && XTML_OPEN.startsWith(head) ? 'more' : undefined;
  }
  return new TagBlock({
    opener: XTML_OPEN,
    head: /^</,
    closers: ['<|close|>tools<|sep|>'],
    reopens: false,
    read: (body, extent) => readBody(asElements(body), index, 'marked', extent),
  });
}

/** `<|open|>call tool="x"<|sep|>` as `<call tool="x">`. */
function asElements(body: string): string {
  return body.replace(XTML_TAG, (_, side: string, tag: string) => (side === 'open' ? `<${tag}>` : `</${tag}>`));
}
