/** Whether an answer calls what it had to, and whether a model that has tools claims to have none. */
import type { ChatResult, ToolChoice } from '../chat/index.js';

/** Longer answers that mention missing tools are about something else. */
const MAX_REFUSAL = 700;

const REFUSAL =
  /\b(?:i|we)\b[^.\n]{0,40}\b(?:don'?t|do not|cannot|can'?t|am not able to|am unable to|have no|lack)\b[^.\n]{0,60}\b(?:tools?|function calling|access to (?:your |the |any )?(?:files?|file ?system|computer|terminal|shell|environment)|(?:run|execute) (?:any )?(?:commands?|code)|(?:read|open|browse|modify|write|create|edit) (?:your |the |any |local )*files?)\b|\bno (?:such )?tools? (?:is|are) available\b|(?:我|当前)[^。\n]{0,12}(?:没有|无法|不能)[^。\n]{0,20}(?:工具|访问.{0,10}文件|执行.{0,6}命令|调用)/i;

/** True for a short answer without calls that claims to have no tools. */
export function claimsNoTools(answer: ChatResult): boolean {
  if (hasCall(answer) || answer.finishReason !== 'stop') return false;
  const text = answer.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  return text.length <= MAX_REFUSAL && REFUSAL.test(text.replaceAll('\u2019', "'"));
}

/**
 * Whether a demanded call is there. An answer that the length limit or the filter cut is no failure to call: it ends
 * with its own finish reason.
 */
export function meetsChoice(answer: ChatResult, choice: ToolChoice): boolean {
  if (choice.type !== 'tool' && choice.type !== 'required') return true;
  return hasCall(answer) || answer.finishReason === 'length' || answer.finishReason === 'content-filter';
}

const hasCall = (answer: ChatResult): boolean =>
  answer.content.some((block) => block.type === 'tool-call' && block.executedBy === 'client');
