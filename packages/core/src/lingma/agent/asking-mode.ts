/**
 * The mode in which an agent asks before it acts. An agent in another mode changes files and runs commands of its own accord,
 * and nobody at the other end of an API is asked.
 */
import type { Choice } from './config-choices.js';

/** In the order of preference; `plan` comes last since plans are answers of another kind. */
const ASKING: readonly string[] = [
  'default',
  'ask',
  'read-only',
  'readonly',
  'manual',
  'ask-always',
  'always-ask',
  '默认',
  '询问',
  '只读',
  'plan',
  '计划',
];

/** Words that leave no doubt, of a mode of any other name. */
const ASKS =
  /\b(always asks?|asks? (you )?before (any|each|every)|prompts? for (any|each|every)|read[ -]only)\b|只读|每次(都)?(询问|确认)/i;
/** What the words about a mode say where it acts unasked, whatever it is called. */
const ACTS =
  /\b(yolo|bypass(es)?|full[ -]access|unrestricted|unattended|auto(matically)?[ -]?(approv|accept|run|edit|execut)\w*|(without|skip\w*|no|never) (asking|approval|permissions?|prompts?|confirmation|confirming|being asked)|(never|not) asks?|all tools (are )?allowed)\b|无需(确认|批准|询问)|自动(批准|执行|接受|运行)|跳过(确认|权限)|不(再)?询问/i;
/** The same words where they are denied: "never runs without asking". */
const DENIED =
  /\b(never|not?|nothing|don['’]t|doesn['’]t|won['’]t)\b[^.;]{0,60}\bwithout (asking|approval|permission|confirmation|being asked)/i;

/** The one to choose; `undefined`: each of them acts unasked, or nobody can tell that it does not. */
export function askingMode(modes: readonly Choice[]): Choice | undefined {
  for (const word of ASKING) {
    const found = modes.find((mode) => wordOf(mode.id) === word && !actsUnasked(mode));
    if (found !== undefined) return found;
  }
  for (const word of ASKING) {
    const found = modes.find((mode) => wordOf(mode.name) === word && !actsUnasked(mode));
    if (found !== undefined) return found;
  }
  return modes.find((mode) => ASKS.test(mode.description) && !actsUnasked(mode));
}

/** `Read Only`, `readOnly`, `https://agent.example/modes#read-only` → `read-only`. */
function wordOf(name: string): string {
  return (name.split(/[#/]/).at(-1) ?? '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .trim()
    .replace(/[\s_.]+/g, '-')
    .replace(/-?mode$/, '');
}

function actsUnasked({ id, name, description }: Choice): boolean {
  return [id, name, description].some((text) => ACTS.test(text) && !DENIED.test(text));
}
