/**
 * What the person typed, out of a prompt. Clients put more into a prompt than that: a transcript with a heading a
 * message, instructions, reminders and the state of an editor around the person's words, results of tools. A stand-in
 * that answers without a directive repeats the words alone.
 */

import { TOOL_RESULT_LINE } from '../turn/select-directive.js';

/** A heading of a transcript: `User:`, `### Assistant`, `**System**:`, `--- user (2) ---`, `<|im_start|>user`, alone in a line. */
const HEADING =
  /^[ \t]{0,9}(?:#{1,6}[ \t]+|[=*_-]{2,9}[ \t]{0,9}|\[|<\|(?:im_start|start_header_id)\|>)?(user|human|system|developer|assistant|ai|model|tool)(?:[ \t](?:message|turn))?(?:[ \t]?[(#]?\d{1,6}\)?)?(?:\*\*|\]|<\|end_header_id\|>)?[ \t]{0,9}:?(?:\*\*|[ \t]{0,9}[=_-]{2,9})?[ \t]{0,9}\r?$/gim;
/** `Human: text` in one line, the oldest form, where the line begins a paragraph. */
const INLINE_HEADING = /(?<=^|\n[ \t]*\r?\n)[ \t]*(User|Human|System|Assistant|AI):[ \t]+(?=\S)/g;
const PERSON: ReadonlySet<string> = new Set(['user', 'human']);

/** Elements that hold the person's words, among others that do not. */
const WRAPPERS: ReadonlySet<string> = new Set([
  ...['user_query', 'user_request', 'user_message', 'user_input', 'user_prompt'],
  ...['task', 'feedback', 'command-name', 'command-args'],
]);
/** Wrappers within wrappers are looked into so deep. */
const MAX_WRAPPERS = 4;
/** A word in an element's name that tells it from what a person writes. */
const SURROUNDINGS: ReadonlySet<string> = new Set(
  (
    'reminder reminders context instruction instructions environment env details metadata info information selection ' +
    'opened file files folder attachments attachment attached rules guidelines guidance memory memories skill skills settings ' +
    'workspace layout diagnostics notification notifications permissions sandbox caveat stdout stderr editor ide ' +
    'transcripts transcript status document documents command mode date directory tree project system hook'
  ).split(' '),
);
/** Of these, words that are names of their own in markup that a person may paste. */
const ORDINARY: ReadonlySet<string> = new Set([
  'details',
  'document',
  'command',
  'date',
  'project',
  'status',
  'settings',
]);
/** `## My request for Codex:` and the like: what follows is the person's. */
const REQUEST_HEADING =
  /^#{1,6}[ \t]*(?:my|the|user(?:['’]s)?|actual|current)[ \t]+(?:request|question|task|query|message|prompt)\b[^\n]*\n/gim;
/** Files a person pointed at, put behind the words. */
const SECTION_START = /^--- Content from [^\n]*---$/m;
const SECTION_END = '\n--- End of content ---';
/** Further lines of plain text that clients add. */
const ADDITIONS: readonly RegExp[] = [
  /^# AGENTS\.md instructions[^\n]*$/gim,
  /^Called the \w+ tool with the following input:[^\n]*$/gm,
  /<\|(?:im_end|eot_id|end)\|>/g,
  /^# task_progress\b[\s\S]*/gim,
];
const TAG = /<(\/?)([A-Za-z][\w.:-]{0,63})(?:[ \t][^<>\n]{0,500})?>/g;

/** Of a longer prompt the end is looked at: the newest words stand there. */
const MAX_CHARS = 1024 * 1024;

/** The newest words of the person; the whole prompt, trimmed, where they cannot be told from the rest. */
export function ownText(prompt: string): string {
  const text = prompt.slice(-MAX_CHARS).replaceAll('\r\n', '\n');
  for (const message of personsMessages(text).reverse()) {
    const own = withoutSurroundings(message);
    if (own !== '') return own;
  }
  return text.trim();
}

/** Messages of the person in a transcript, oldest first; a text without headings is one message. */
function personsMessages(text: string): string[] {
  const headings = [...text.matchAll(HEADING), ...text.matchAll(INLINE_HEADING)]
    .map((match) => ({ role: (match[1] as string).toLowerCase(), at: match.index, end: match.index + match[0].length }))
    .filter(({ at }) => startsParagraph(text, at))
    .sort((a, b) => a.at - b.at);
  const messages = headings.map(({ role, end }, index) => ({ role, text: text.slice(end, headings[index + 1]?.at) }));
  const persons = messages.filter(({ role }) => PERSON.has(role)).map((message) => message.text);
  return persons.length > 0 ? persons : [text];
}

/** A lone `user:` within a paragraph is a line of somebody's YAML. */
function startsParagraph(text: string, at: number): boolean {
  return at === 0 || /\n[ \t]*\n$|^\s*$|<\|[a-z_]+\|>\s*$/.test(text.slice(Math.max(0, at - 40), at));
}

function withoutSurroundings(message: string, depth = 0): string {
  const elements = topElements(message);
  for (const { name, innerStart, innerEnd } of depth < MAX_WRAPPERS ? elements.toReversed() : []) {
    const inner = WRAPPERS.has(name) ? withoutSurroundings(message.slice(innerStart, innerEnd), depth + 1) : '';
    if (inner !== '') return inner;
  }
  let text = '';
  let from = 0;
  for (const { name, start, end } of elements) {
    if (!isSurrounding(name)) continue;
    text += message.slice(from, start);
    from = end;
  }
  text = withoutSections(text + message.slice(from));
  for (const addition of ADDITIONS) text = text.replace(addition, '');
  const request = [...text.matchAll(REQUEST_HEADING)].at(-1);
  if (request !== undefined) text = text.slice(request.index + request[0].length);
  // Results come before anything the person adds to them, and none of their lines tells where they end.
  const result = text.search(TOOL_RESULT_LINE);
  if (result !== -1) text = text.slice(0, result);
  return text.replace(/\n{3,}/g, '\n\n').trim();
}

function withoutSections(text: string): string {
  let kept = '';
  let rest = text;
  for (;;) {
    const start = SECTION_START.exec(rest);
    const end = start === null ? -1 : rest.indexOf(SECTION_END, start.index);
    if (start === null || end === -1) return kept + rest;
    kept += rest.slice(0, start.index);
    rest = rest.slice(end + SECTION_END.length);
  }
}

function isSurrounding(name: string): boolean {
  if (ORDINARY.has(name)) return false;
  return name.split(/[_.:-]/).some((word) => SURROUNDINGS.has(word));
}

interface Element {
  readonly name: string;
  readonly start: number;
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly end: number;
}

/** Closed elements that are in no other one, in one pass. */
function topElements(text: string): Element[] {
  const open = new Map<string, { start: number; innerStart: number }[]>();
  const found: Element[] = [];
  for (const { 0: tag, 1: slash, 2: name = '', index } of text.matchAll(TAG)) {
    const starts = open.get(name) ?? [];
    open.set(name, starts);
    if (slash === '') {
      if (!tag.endsWith('/>')) starts.push({ start: index, innerStart: index + tag.length });
      continue;
    }
    const begin = starts.pop();
    if (begin === undefined) continue;
    // What began inside is part of this one.
    while ((found.at(-1)?.start ?? -1) > begin.start) found.pop();
    found.push({ name: snakeCase(name), ...begin, innerEnd: index, end: index + tag.length });
  }
  return found;
}

/** `userRequest` and `user_request` are one name. */
function snakeCase(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase();
}
