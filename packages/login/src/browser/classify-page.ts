/** Which page a view shows: a pure function over one table of rules, the first that fits. */
import {
  CHALLENGE_TEXT,
  CHALLENGE_URL,
  CONFIRM_BUTTONS,
  CONSENT_TEXT,
  ERROR_PAGE_TEXT,
  LOADING_TEXT,
  LOCKED_TEXT,
  type MarkName,
  SELECT_ACCOUNT_TEXT,
  SMS_TEXT,
  WRONG_PASSWORD_TEXT,
} from './page-marks.js';
import type { FrameView, PageFinding, PageState, PageView } from './page-view.js';

interface Rule {
  readonly state: PageState;
  /** About the page as a whole. */
  readonly page?: (view: PageView, callback: boolean) => boolean;
  /** All of these, in one frame. */
  readonly marks?: readonly MarkName[];
  /** None of these in that frame. */
  readonly without?: readonly MarkName[];
  /** The form's place for errors says so. */
  readonly error?: RegExp;
  /** The address of a frame. */
  readonly url?: RegExp;
  /** A short line of a frame. */
  readonly text?: RegExp;
  /** A button that may be pressed. */
  readonly confirm?: boolean;
  /** The page has nothing to type into: what its text says is no footer of a form that nobody knows. */
  readonly fieldless?: boolean;
}

/** Prose is longer: a line beyond it says nothing about what the page wants. */
const SHORT_LINE = 80;

const RULES: readonly Rule[] = [
  { state: 'organisations', page: (view, callback) => callback && asksForOrganisation(view) },
  { state: 'error', page: (view, callback) => callback && (view.errorCode ?? 0) !== 0 },
  { state: 'success', page: (view, callback) => callback && view.loaded },
  { state: 'loading', page: (view, callback) => callback || view.frames.length === 0 || /^about:/.test(view.url) },
  { state: 'error', page: (view) => /^chrome-error:/.test(view.url) },
  // Before the forms: it lies over them.
  { state: 'challenge', url: CHALLENGE_URL },
  { state: 'challenge', marks: ['slider'] },
  { state: 'challenge', text: CHALLENGE_TEXT },
  { state: 'locked', error: LOCKED_TEXT },
  { state: 'wrong-password', error: WRONG_PASSWORD_TEXT },
  { state: 'error', error: /\S/ },
  // One that is offered beside the account's tab is but another way to sign in.
  { state: 'sms', marks: ['smsField', 'accountPassword'] },
  { state: 'sms', marks: ['smsField'], without: ['accountTab'] },
  { state: 'sms', text: SMS_TEXT, without: ['accountTab', 'accountName'] },
  { state: 'ram-password-form', marks: ['ramPassword'] },
  { state: 'ram-user-form', marks: ['ramName'] },
  { state: 'account-form', marks: ['accountName', 'accountPassword'] },
  { state: 'method-choice', marks: ['accountTab'] },
  { state: 'organisations', page: asksForOrganisation },
  { state: 'organisations', marks: ['organisation'] },
  { state: 'select-account', text: SELECT_ACCOUNT_TEXT, confirm: true, fieldless: true },
  { state: 'consent', confirm: true, fieldless: true },
  { state: 'loading', page: (view) => !view.loaded },
  { state: 'error', text: ERROR_PAGE_TEXT, fieldless: true },
  { state: 'loading', text: LOADING_TEXT, fieldless: true },
  { state: 'consent', text: CONSENT_TEXT, fieldless: true },
  {
    state: 'loading',
    page: (view) => view.frames.every(({ lines, marks }) => lines.length === 0 && marks.length === 0),
  },
];

/**
 * Tells what a page is.
 *
 * @param httpPort of the process whose callback ends the login
 */
export function classifyPage(view: PageView, httpPort: number): PageFinding {
  const callback = isCallback(view.url, httpPort);
  const hasField = view.frames.some(({ marks }) => marks.includes('field'));
  for (const rule of RULES) {
    if (rule.page !== undefined) {
      if (rule.page(view, callback)) return { state: rule.state };
      continue;
    }
    if (rule.fieldless === true && hasField) continue;
    const frame = view.frames.findIndex((each) => fits(rule, each));
    if (frame < 0) continue;
    const button = rule.confirm === true ? confirmButton(view.frames[frame] as FrameView) : undefined;
    return { state: rule.state, frame, ...(button === undefined ? {} : { button }) };
  }
  return { state: 'unknown' };
}

/** The pages of the process that end a login. */
export function isCallback(url: string, httpPort: number): boolean {
  return isOfProcess(url, httpPort) && /^\/auth\/(callback|loginWithOrganization)$/.test(new URL(url).pathname);
}

/** Any page of the process. */
export function isOfProcess(url: string, httpPort: number): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port } = new URL(url);
  return protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname) && Number(port || 80) === httpPort;
}

/** What may be told of a page that nobody understands: its host and path, and the marks seen. No text of it. */
export function describePage(view: PageView): string {
  const place = URL.canParse(view.url) ? `${new URL(view.url).host}${new URL(view.url).pathname}` : 'no page';
  const marks = [...new Set(view.frames.flatMap((frame) => frame.marks))];
  return `${place} (${view.frames.length} frames; ${marks.length === 0 ? 'no known element' : marks.join(', ')})`;
}

function fits(rule: Rule, frame: FrameView): boolean {
  const has = (mark: MarkName): boolean => frame.marks.includes(mark);
  const says = (pattern: RegExp): boolean =>
    frame.lines.some((line) => line.length <= SHORT_LINE && pattern.test(line));
  return (
    (rule.marks ?? []).every(has) &&
    !(rule.without ?? []).some(has) &&
    (rule.error === undefined || rule.error.test(frame.error)) &&
    (rule.url === undefined || rule.url.test(frame.url)) &&
    (rule.text === undefined || says(rule.text)) &&
    (rule.confirm !== true || confirmButton(frame) !== undefined)
  );
}

function asksForOrganisation(view: PageView): boolean {
  return view.selectAccount === true || view.organisations.length > 1;
}

/** The first text of the list that is on the page: they stand in the order of how sure they are. */
function confirmButton({ buttons }: FrameView): string | undefined {
  return CONFIRM_BUTTONS.find((text) => buttons.includes(text));
}
