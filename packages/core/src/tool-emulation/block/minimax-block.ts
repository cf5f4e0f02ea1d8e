/**
 * Elements, each tag behind a mark of its own, parameters named by their tags, lists as `<item>`; because of the mark a
 * value needs no escaping. Needed by MiniMax M3, whose template writes it (M2's `<minimax:tool_call>` is an ordinary
 * tag), and which is known to leak it where tools and pictures meet.
 */
import type { JsonValue } from '../../util/index.js';
import { type Extent, tidyValue } from '../body/markup-call.js';
import type { BodyReading } from '../body/read-body.js';
import { type AcceptedCall, acceptCall } from '../call/accept-call.js';
import type { ToolIndex } from '../call/tool-index.js';
import { TagBlock } from './tag-block.js';

const MARK = ']<]minimax[>[';
const OPENER = `${MARK}<tool_call>`;
const TAG = /^\s*<(\/?)([\w.-]+)([^<>]*)>([\s\S]*)$/;
const NAME = /\bname\s*=\s*["']?([^"'<>]+)/;

interface MarkedElement {
  readonly name: string;
  readonly attributes: string;
  readonly text: string;
  readonly children: MarkedElement[];
}

/** At a `]`. `more`: the text ends inside what may be the opener. */
export function openMinimax(
  text: string,
  at: number,
  index: ToolIndex,
  isFinal: boolean,
): TagBlock | 'more' | undefined {
  if (!text.startsWith(OPENER, at)) {
    const isOpen = !isFinal && text.length - at < OPENER.length && OPENER.startsWith(text.slice(at));
    return isOpen ? 'more' : undefined;
  }
  return new TagBlock({
    opener: OPENER,
    closers: [`${MARK}</tool_call>`],
    reopens: false,
    read: (body, extent) => readCalls(body, index, extent),
  });
}

function readCalls(body: string, index: ToolIndex, extent: Extent): BodyReading {
  const root = readTree(body, extent);
  const calls: AcceptedCall[] = [];
  for (const element of root ?? []) {
    const tool = index.resolve(NAME.exec(element.attributes)?.[1] ?? '');
    const input = element.children.length === 0 ? {} : valueIn(element);
    const call = tool === undefined ? undefined : acceptCall(tool, input, { textual: true });
    if (call === undefined) return undefined;
    calls.push(call);
  }
  return calls.length > 0 ? calls : undefined;
}

/** The outermost elements; `undefined` when tags do not pair. Those that are open where a text was cut do not count. */
function readTree(body: string, extent: Extent): readonly MarkedElement[] | undefined {
  const root: MarkedElement[] = [];
  const open: MarkedElement[] = [];
  for (const piece of body.split(MARK).slice(1)) {
    const [, slash, name = '', attributes = '', text = ''] = TAG.exec(piece) ?? [];
    if (name === '') return undefined;
    if (slash === '') open.push({ name, attributes, text, children: [] });
    else {
      const element = open.pop();
      if (element?.name !== name) return undefined;
      (open.at(-1)?.children ?? root).push(element);
    }
  }
  return open.length === 0 || extent === 'cut' ? root : undefined;
}

function valueIn({ text, children }: MarkedElement): JsonValue {
  if (children.length === 0) return tidyValue(text);
  if (children.every(({ name }) => name === 'item')) return children.map(valueIn);
  return Object.fromEntries(children.map((child) => [child.name, valueIn(child)]));
}
