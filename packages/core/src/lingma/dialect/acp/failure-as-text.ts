/**
 * A failure that an agent tells as its whole answer: `[Error] 429 …`, `API Error: …`. Only forms that no model begins an
 * answer with, at the very beginning, and in an answer that is nothing else.
 */
import { GatewayError } from '../../../chat/index.js';
import { classifyFailure } from '../../protocol/errors.js';

/** In small letters. */
const OPENINGS: readonly string[] = [
  '[error]',
  '[error:',
  '[api error',
  'api error:',
  'exceeded retry limit, last status',
  'stream error:',
  'unexpected status 4',
  'unexpected status 5',
];
/** A failure and its details; an answer that only quotes one is longer or goes on in another paragraph. */
const MAX_PARAGRAPHS = 2;

/** Whether text that begins like this may turn out to be one. */
export function mayBeFailure(begun: string): boolean {
  const text = begun.trimStart().toLowerCase();
  return OPENINGS.some((opening) => text.startsWith(opening) || opening.startsWith(text));
}

/** The failure that a whole answer tells. */
export function failureToldIn(answer: string): GatewayError | undefined {
  const text = answer.trim();
  if (!OPENINGS.some((opening) => text.toLowerCase().startsWith(opening))) return undefined;
  if (text.split(/\n\s*\n/).length > MAX_PARAGRAPHS) return undefined;
  const failure = classifyFailure({ text, ...(statusIn(text) !== undefined && { status: statusIn(text) as number }) });
  return failure === 'content-filter'
    ? new GatewayError('upstream_error', 'The content filter refused the answer')
    : failure;
}

function statusIn(text: string): number | undefined {
  const found = /\b(?:status(?: code)?:?\s*|error(?: code)?[:\]]?\s*|http\s*)\(?([45]\d\d)\b/i.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}
