/** What is seen of a page: enough to decide the next step by, nothing that would have to be kept secret. */
import type { Organisation } from '../login-failure.js';
import type { MarkName } from './page-marks.js';

export interface FrameView {
  /** Origin and path. */
  readonly url: string;
  /** Marks with an element that is visible. */
  readonly marks: readonly MarkName[];
  /** Lines of visible text. For the classifier alone: never logged, never told. */
  readonly lines: readonly string[];
  /** Texts of visible buttons. The same goes for them. */
  readonly buttons: readonly string[];
  /** What the form's own place for errors says. */
  readonly error: string;
}

export interface PageView {
  /** Origin and path of the main frame. */
  readonly url: string;
  /** The document is there; its frames may still be on their way. */
  readonly loaded: boolean;
  /** Frames with the sign-in form first, then the main one, then the others. */
  readonly frames: readonly FrameView[];
  /** `window.error_code`, on pages of the process alone. */
  readonly errorCode?: number;
  /** `window.is_select_account`, on pages of the process alone. */
  readonly selectAccount?: boolean;
  /** That the page offers to go on with. */
  readonly organisations: readonly Organisation[];
}

export const PAGE_STATES = [
  'loading',
  'method-choice',
  'account-form',
  'ram-user-form',
  'ram-password-form',
  'challenge',
  'sms',
  'wrong-password',
  'locked',
  'organisations',
  'consent',
  'select-account',
  'success',
  'error',
  'unknown',
] as const;

export type PageState = (typeof PAGE_STATES)[number];

export interface PageFinding {
  readonly state: PageState;
  /** Which frame of the view told, where one did. */
  readonly frame?: number;
  /** The button to go on with, of `consent` and `select-account`. */
  readonly button?: string;
}
