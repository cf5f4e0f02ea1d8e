/**
 * What a request belongs with. A key its caller named holds it to one instance; where none was named, the opening of the
 * conversation is a wish, for the users of one agent all send the same one.
 */
import type { CallContext, ChatRequest } from '../../chat/index.js';
import { hashName, hashText } from './text-hash.js';

/** What a turn belongs with: turns of one key go to one instance. */
export interface Affinity {
  readonly key: string;
  /** A wish: followed only while the instance is hardly busier than the others. */
  readonly soft: boolean;
}

/** Characters of an opening that are looked at: longer ones rarely differ behind that only. */
const MAX_OPENING = 32_768;

/** Of the explicit key if there is one, else of the system prompt, else of what the user said first. */
export function affinityOf(
  request: Pick<ChatRequest, 'messages' | 'conversation'>,
  context: Pick<CallContext, 'affinityKey' | 'principal'>,
): Affinity | undefined {
  // The context's own is scoped by whoever made it, since it also knows the headers.
  if (context.affinityKey !== undefined) return { key: context.affinityKey, soft: false };
  const scope = context.principal === undefined ? '' : `${context.principal.id}\n`;
  const named = request.conversation.affinityKey;
  if (named !== undefined && named !== '') return { key: `${scope}${named}`, soft: false };
  const opening = openingOf(request.messages);
  return opening === undefined ? undefined : { key: `${scope}${opening}`, soft: true };
}

function openingOf(messages: ChatRequest['messages']): string | undefined {
  let system = '';
  for (const message of messages) {
    if (message.role !== 'system' || system.length > MAX_OPENING) break;
    system += `${message.content}\n`;
  }
  const stable = stablePart(system);
  if (stable !== '') return `sys:${nameOf(stable)}`;
  for (const message of messages) {
    if (message.role !== 'user') continue;
    const first = message.content.find((part) => part.type === 'text' && part.text.trim() !== '');
    if (first?.type === 'text') return `first:${nameOf(first.text.slice(0, MAX_OPENING).trim())}`;
  }
  return undefined;
}

const nameOf = (text: string): string => hashName(hashText(text));

/** Lines in which a client keeps its accounts; they differ from call to call. */
const ATTRIBUTION = /^[ \t]*x-anthropic-billing-header:.*$/gm;
const MONTH = '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\\.?';
const DAY = '\\d{1,2}(?:st|nd|rd|th)?';
const TIME = '\\d{1,2}:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?(?: ?[ap]m\\b|Z|(?: ?(?:UTC|GMT))?[+-]\\d\\d:?\\d\\d)?';
/** Dates and times as they are written in prompts: an agent started tomorrow is the same agent. */
const DATES = new RegExp(
  [
    `\\b\\d{4}-\\d{1,2}-\\d{1,2}(?:[T ]${TIME})?`,
    '\\b(?:\\d{4}[/.]\\d{1,2}[/.]\\d{1,2}|\\d{1,2}[/.]\\d{1,2}[/.]\\d{4})\\b',
    '\\d{4} ?年 ?\\d{1,2} ?月(?: ?\\d{1,2} ?[日号])?|(?:星期|周|礼拜)[一二三四五六日天]',
    `\\b${DAY}\\.? ${MONTH},? \\d{4}\\b`,
    `\\b${MONTH} ${DAY}(?:,? \\d{4})?\\b`,
    '\\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?\\b',
    `\\b${TIME}`,
  ].join('|'),
  'gi',
);

function stablePart(prompt: string): string {
  return prompt.slice(0, MAX_OPENING).replace(ATTRIBUTION, '').replace(DATES, '').trim();
}
