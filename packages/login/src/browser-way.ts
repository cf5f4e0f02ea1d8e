/** The browser's side of a login: what the flow asks of it, and how it says that it could not. */
import type { Clock, Logger } from '@lingma-gateway/core';

/** Signs in on a page of the vendor's with a browser. One that is at work is ended by `task.signal`. */
export interface BrowserWay {
  /**
   * Resolves when the browser has shown the callback page of the process without an error. Whether the process is signed in
   * then is for the flow to find out.
   *
   * @throws {@link LoginFailure}; the reason of `task.signal` where that was aborted. Nothing of the browser is left running.
   */
  signIn(task: BrowserTask): Promise<void>;
}

/** What a login in a browser waits for. */
export type BrowserState = 'waiting_for_browser' | 'filling' | 'challenge' | 'waiting_for_callback';

/** A login that a browser is to bring to its end. */
export interface BrowserTask {
  /** Where signing in begins. Checked. Holds a nonce: never logged beyond host and path. */
  readonly url: string;
  /** Of the process that the callback goes to, on 127.0.0.1. */
  readonly httpPort: number;
  /** Absent with {@link BrowserTask.headed}: a person signs in. */
  readonly username?: string;
  readonly password?: string;
  /** Which organisation to go on with. Absent: the personal account. */
  readonly organisationId?: string;
  /** With a window: somebody may pass what the page asks for. */
  readonly headed: boolean;
  /** Where the main frame may go, and into which frames the credentials may be typed. */
  isAllowedUrl(url: string): boolean;
  readonly signal: AbortSignal;
  onState(state: BrowserState): void;
  /** Milliseconds that it may take from now on. */
  readonly deadline: number;
  /** A folder for a picture of what fails, over {@link BrowserWayOptions.screenshotDir}. */
  readonly screenshotDir?: string;
  readonly logger: Logger;
}

/** Which browser signs in, and what is kept of its failures. */
export interface BrowserWayOptions {
  readonly clock?: Clock;
  /** A Chromium. Default: `PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH` of {@link BrowserWayOptions.env}, else those that are installed. */
  readonly browserPath?: string;
  readonly noSandbox?: boolean;
  /** The folder for one picture a failure. Absent: none are made. */
  readonly screenshotDir?: string;
  /**
   * The browser gets of it what any program needs: folders, locale, screen, proxies. Absent: all that this process has, its
   * secrets included.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
