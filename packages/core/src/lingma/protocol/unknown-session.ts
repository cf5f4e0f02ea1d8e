/**
 * "I know no such session", as the process and agents put it: in words, for there is no code of its own (protocol sections
 * 3.2 and 7.14), or by opening another session in its place.
 */
import { GatewayError } from '../../chat/index.js';
import { OutsideTextError } from '../../util/index.js';
import { JsonRpcError } from '../jsonrpc/peer.js';
import { readFailure } from './failure-detail.js';

const SESSION = '(?:session|conversation|thread)(?:[ _-]?id)?s?';
const WORDS = new RegExp(
  [
    `\\b${SESSION}\\b.{0,80}?\\b(?:not (?:be )?(?:found|exist|available|known|valid|loaded|active)|does ?n[o'’]t exist|doesn['’]t exist|unknown|invalid|expired|no longer|closed|deleted|gone|missing)`,
    `\\b(?:unknown|invalid|no such|missing|expired|non-?existent|no) (?:\\w+ ){0,2}${SESSION}\\b`,
    `(?:can(?:not|['’]t)|could ?n[o'’]t|unable to|failed to) (?:find|load|get|locate|resume) (?:\\w+ ){0,2}${SESSION}\\b`,
    '(?:会话|对话).{0,40}?(?:不存在|未找到|找不到|无效|失效|过期|已关闭|已删除)',
    '(?:找不到|未找到|未知|无效|不存在).{0,6}(?:会话|对话)',
  ].join('|'),
  'i',
);

/** Whether a failure says so. Meant for a turn that went on in a session: elsewhere the same words may be about a login. */
export function isUnknownSession(error: GatewayError): boolean {
  return WORDS.test(wordsOf(error.cause));
}

function wordsOf(cause: unknown): string {
  if (cause instanceof JsonRpcError) return readFailure(cause.message, cause.data).text;
  return cause instanceof OutsideTextError ? cause.message : '';
}

/** Of a process that went on in a session of another name than it was asked to. */
export function unknownSession(): GatewayError {
  return new GatewayError('upstream_error', 'Lingma does not know the session any more');
}
