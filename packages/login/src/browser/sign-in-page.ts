/** What the steps of signing in need of a browser. */
import type { PageFinding, PageView } from './page-view.js';

export interface PageLook {
  readonly view: PageView;
  readonly finding: PageFinding;
  /** Addresses that were asked for until now, each hop of a redirect: a page that is long in coming is under way. */
  readonly navigations: number;
}

/** One page, or the newest of several, as the steps see it. */
export interface SignInPage {
  /** Looks anew. Rejects when the browser is gone, or has been sent where it may not go. */
  look(): Promise<PageLook>;
  /** Brings the form for a name and a password forward; `attempt` counts from 0, to try one spelling after the other. */
  chooseAccountTab(attempt: number): Promise<void>;
  /** True when the page has a way to the form of RAM users. */
  goToRamForm(): Promise<boolean>;
  fillAccount(): Promise<void>;
  fillRamName(): Promise<void>;
  fillRamPassword(): Promise<void>;
  press(button: string): Promise<void>;
  goOnWithOrganisation(id: string): Promise<void>;
}
