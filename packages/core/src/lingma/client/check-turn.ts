/** A turn is checked where a caller gives it: what is wrong with it is no failure of the process. */
import { checkOptions, nearestName, type OptionRules, withMethods } from '../../util/index.js';
import type { LingmaTurn } from './lingma-turn.js';

/** Any object will do where others make it. */
const TURN_RULES: OptionRules<LingmaTurn> = {
  messages: 'any',
  model: 'string',
  chooseModel: 'function',
  mode: ['chat', 'agent'],
  sessionMode: ['auto', 'reuse', 'fresh'],
  session: 'object',
  keepSession: 'boolean',
  images: 'any',
  tools: 'any',
  inputTokens: 'function',
  tokenCounter: withMethods('count'),
  toolConfig: 'object',
  hasToolContext: 'boolean',
};

const RULES: Readonly<Record<string, unknown>> = { ...TURN_RULES, affinity: 'function' };
const ENTRY_NAMES: readonly string[] = ['role', 'text', 'images', 'isForeign'];
const ROLES: readonly unknown[] = ['system', 'user', 'assistant'];

/**
 * @param owner as the error names it: `LingmaClient.complete()`
 * @throws TypeError
 */
export function checkTurn(owner: string, turn: unknown): void {
  if (typeof turn !== 'object' || turn === null) {
    throw new TypeError(`${owner} takes a turn: { messages: [{ role: 'user', text: '…' }] }`);
  }
  const messages = Object.getOwnPropertyDescriptor(turn, 'messages');
  // Made when they are asked for, they are the channel's, which has checked what they are made of.
  if (messages?.get !== undefined) return;
  checkOptions<object>(owner, turn, RULES as OptionRules<object>);
  const entries: unknown = messages?.value;
  if (!Array.isArray(entries)) throw new TypeError(`${owner}: "messages" must be a list of { role, text }`);
  for (const [index, entry] of entries.entries()) checkEntry(owner, `messages[${index}]`, entry);
}

function checkEntry(owner: string, at: string, entry: unknown): void {
  if (typeof entry !== 'object' || entry === null) throw new TypeError(`${owner}: "${at}" must be { role, text }`);
  for (const name of Object.keys(entry)) {
    if (ENTRY_NAMES.includes(name)) continue;
    const meant = name === 'content' ? 'text' : nearestName(name, ENTRY_NAMES);
    throw new TypeError(
      `${owner}: "${at}" has no member "${name}"; ${meant === undefined ? `it has ${ENTRY_NAMES.join(', ')}` : `did you mean "${meant}"?`}`,
    );
  }
  const { role, text } = entry as Readonly<Record<string, unknown>>;
  if (!ROLES.includes(role)) throw new TypeError(`${owner}: "${at}.role" must be one of ${ROLES.join(', ')}`);
  if (typeof text !== 'string') throw new TypeError(`${owner}: "${at}.text" must be a string`);
}
