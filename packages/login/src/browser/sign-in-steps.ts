/** Signing in step by step: look, decide, act, until the callback page is there or it is clear that it will not be. */
import { type Clock, monotonicNow, sleep } from '@lingma-gateway/core';
import type { BrowserTask } from '../browser-way.js';
import { chooseOrganisation } from '../flow/organisations.js';
import { LoginFailure } from '../login-failure.js';
import { describePage } from './classify-page.js';
import { BUSY_TEXT } from './page-marks.js';
import type { PageFinding, PageState, PageView } from './page-view.js';
import type { PageLook, SignInPage } from './sign-in-page.js';

const LOOK_EVERY_MS = 250;
/** A page that stays as it is for longer leads nowhere. */
export const STEP_LIMIT_MS = 30_000;
/** A click that changed nothing is tried again, with the next spelling. */
const RETRY_CLICK_MS = 3_000;
/** What may only be on its way: a button of a consent page, the words of an error. */
const SETTLE_MS = 2_000;

export type SignInTask = Omit<BrowserTask, 'url' | 'logger' | 'isAllowedUrl' | 'httpPort'>;

/** Resolves at the callback page. The deadline of the task is the caller's business. */
export async function signInSteps(page: SignInPage, task: SignInTask, clock: Clock): Promise<void> {
  const steps = new Steps(page, task, clock);
  for (;;) {
    task.signal.throwIfAborted();
    const look = await page.look();
    if (look.finding.state === 'success') return;
    await steps.take(look);
    await sleep(LOOK_EVERY_MS, task.signal, clock);
  }
}

class Steps {
  readonly #page: SignInPage;
  readonly #task: SignInTask;
  readonly #clock: Clock;
  /** Looks that show the same page belong to one step. */
  #step = '';
  #since = 0;
  #clickedAt = Number.NEGATIVE_INFINITY;
  #clicks = 0;
  #sent = false;
  #ramNameSent = false;
  #triedRamForm = false;
  readonly #pressed = new Set<string>();
  #organisationChosen = false;

  constructor(page: SignInPage, task: SignInTask, clock: Clock) {
    this.#page = page;
    this.#task = task;
    this.#clock = clock;
  }

  async take({ view, finding, navigations }: PageLook): Promise<void> {
    const step = `${finding.state} ${view.url} ${navigations}`;
    if (step !== this.#step) {
      this.#step = step;
      this.#since = monotonicNow(this.#clock);
    }
    await this.#act(view, finding);
    if (this.#age() < STEP_LIMIT_MS || this.#task.headed) return;
    // Stuck before anything was sent: the page is another one than it seems.
    if (finding.state === 'unknown' || (!this.#sent && finding.state !== 'loading')) {
      throw new LoginFailure('page_not_understood', `The sign-in page is none that is known: ${describePage(view)}`);
    }
    throw new LoginFailure(
      'timeout',
      `The sign-in page did not go on for ${STEP_LIMIT_MS / 1000} s: ${describePage(view)}`,
    );
  }

  async #act(view: PageView, { state, button, frame }: PageFinding): Promise<void> {
    // A person without credentials of ours does all of it.
    if (!this.#hasCredentials() && BY_PERSON.has(state)) return this.#task.onState('waiting_for_browser');
    switch (state) {
      case 'method-choice':
        // Behind the form the tabs are the frame of what came instead of it.
        if (this.#sent) return this.#asksForCode(view, frame) ? this.#challenge('sms') : undefined;
        if (!this.#mayClick()) return;
        this.#task.onState('filling');
        return this.#page.chooseAccountTab(this.#clicks - 1);
      case 'account-form':
        return this.#account();
      case 'ram-user-form':
        if (this.#ramNameSent) return;
        this.#task.onState('filling');
        await this.#page.fillRamName();
        this.#ramNameSent = true;
        return;
      case 'ram-password-form':
        return this.#send(() => this.#page.fillRamPassword());
      case 'challenge':
      case 'sms':
        return this.#challenge(state);
      case 'wrong-password':
        throw new LoginFailure('wrong_password', 'The sign-in page refuses the user name or the password');
      case 'locked':
        throw new LoginFailure('account_locked', 'The sign-in page says that the account is locked');
      case 'organisations':
        return this.#organisation(view);
      case 'consent':
      case 'select-account':
        return this.#confirm(view, button);
      case 'error':
        if (this.#age() < SETTLE_MS) return;
        throw view.errorCode === undefined
          ? new LoginFailure('browser_failed', `The sign-in page shows an error: ${describePage(view)}`, {
              // What the form says of a password that it was given, in words that nobody knows: not to be given again.
              retryable: !this.#sent || view.frames.every(({ error }) => error === '' || BUSY_TEXT.test(error)),
            })
          : new LoginFailure('callback_refused', `The process refuses the callback with error_code ${view.errorCode}`);
      case 'loading':
        return this.#task.onState(this.#sent ? 'waiting_for_callback' : 'waiting_for_browser');
      default:
    }
  }

  async #account(): Promise<void> {
    if (isRamUser(this.#task.username ?? '') && !this.#triedRamForm) {
      this.#triedRamForm = true;
      this.#task.onState('filling');
      if (await this.#page.goToRamForm()) return;
    }
    await this.#send(() => this.#page.fillAccount());
  }

  /** Once a try: a password that is sent again and again locks the account. */
  async #send(fill: () => Promise<void>): Promise<void> {
    if (this.#sent) return;
    this.#task.onState('filling');
    await fill();
    this.#sent = true;
    this.#task.onState('waiting_for_callback');
  }

  #asksForCode(view: PageView, frame = 0): boolean {
    return view.frames[frame]?.marks.includes('smsField') === true;
  }

  #challenge(state: PageState): void {
    this.#task.onState('challenge');
    if (this.#task.headed) return;
    throw new LoginFailure(
      'challenge',
      state === 'sms'
        ? 'The sign-in page asks for a code sent by SMS. Sign in by a visible browser, a pasted address, a token or a session bundle'
        : 'The sign-in page asks to prove that a person is there. Sign in by a visible browser, a pasted address, a token or a session bundle',
    );
  }

  async #confirm(view: PageView, button: string | undefined): Promise<void> {
    this.#task.onState('waiting_for_callback');
    if (button === undefined) {
      if (this.#age() < SETTLE_MS || this.#task.headed) return;
      throw new LoginFailure(
        'terms_refused',
        `The sign-in page asks for a consent that nobody may give for you: ${describePage(view)}`,
      );
    }
    const press = `${view.url} ${button}`;
    if (this.#pressed.has(press)) return;
    this.#pressed.add(press);
    await this.#page.press(button);
  }

  async #organisation(view: PageView): Promise<void> {
    this.#task.onState('waiting_for_callback');
    // Those that the page's script is still to bring.
    if (this.#organisationChosen || (view.organisations.length === 0 && this.#age() < SETTLE_MS)) return;
    const { id } = chooseOrganisation(view, this.#task.organisationId);
    this.#organisationChosen = true;
    await this.#page.goOnWithOrganisation(id);
  }

  #age(): number {
    return monotonicNow(this.#clock) - this.#since;
  }

  #mayClick(): boolean {
    const now = monotonicNow(this.#clock);
    if (now < this.#clickedAt + RETRY_CLICK_MS) return false;
    this.#clickedAt = now;
    this.#clicks += 1;
    return true;
  }

  #hasCredentials(): boolean {
    return this.#task.username !== undefined && this.#task.password !== undefined;
  }
}

/** Left to the person at the window when there are no credentials. */
const BY_PERSON: ReadonlySet<PageState> = new Set([
  ...([
    'method-choice',
    'account-form',
    'ram-user-form',
    'ram-password-form',
    'wrong-password',
    'locked',
    'error',
  ] as const),
]);

/**
 * A RAM user is `name@alias.onaliyun.com` or `name@alias`. Behind a domain of the company's own there may as well be an
 * account that goes by its mail address: there the page decides which form it shows.
 */
export function isRamUser(username: string): boolean {
  return /@([\w-]+(\.[\w-]+)*\.onaliyun\.com|[\w-]+)$/i.test(username);
}
