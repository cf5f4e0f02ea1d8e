/** The steps of signing in, done in a browser: every act waits for its element and says nothing of what it typed. */
import type { BrowserContext, ElementHandle, Frame, Locator, Page } from 'playwright-core';
import type { BrowserTask } from '../browser-way.js';
import { LoginFailure } from '../login-failure.js';
import { classifyPage, isCallback, isOfProcess } from './classify-page.js';
import { isMainNavigation, type NavigationGuard } from './navigation-guard.js';
import { MARKS, type MarkName, type Spelling } from './page-marks.js';
import type { PageFinding } from './page-view.js';
import { readPage, withoutQuery } from './read-page.js';
import type { PageLook, SignInPage } from './sign-in-page.js';

/** For one click or one field. Beyond it the page has changed under our hands: the next look tells to what. */
const ACT_LIMIT_MS = 10_000;

export class BrowserPage implements SignInPage {
  readonly #context: BrowserContext;
  readonly #task: BrowserTask;
  readonly #guard: Pick<NavigationGuard, 'check'>;
  /** Of the last look. */
  #page: Page;
  #frames: readonly Frame[] = [];
  #finding: PageFinding = { state: 'loading' };
  #navigations = 0;

  constructor(context: BrowserContext, page: Page, task: BrowserTask, guard: Pick<NavigationGuard, 'check'>) {
    this.#guard = guard;
    this.#context = context;
    this.#page = page;
    this.#task = task;
    context.on('request', (request) => {
      if (isMainNavigation(request)) this.#navigations += 1;
    });
  }

  async look(): Promise<PageLook> {
    const pages = this.#context.pages().filter((page) => !page.isClosed());
    if (pages.length === 0)
      throw new LoginFailure('browser_failed', 'The browser window was closed before the sign-in ended');
    for (const page of pages) this.#guard.check(page);
    const looks = await Promise.all(
      pages.map(async (page) => {
        const { view, frames } = await readPage(page, this.#task.httpPort);
        return { page, view, frames, finding: classifyPage(view, this.#task.httpPort) };
      }),
    );
    // The newest window that shows something; the end of the login wherever it is.
    const shown =
      looks.find(({ finding }) => finding.state === 'success') ??
      looks.findLast(({ finding }) => finding.state !== 'loading') ??
      (looks.at(-1) as (typeof looks)[number]);
    this.#page = shown.page;
    this.#frames = shown.frames;
    this.#finding = shown.finding;
    return { view: shown.view, finding: shown.finding, navigations: this.#navigations };
  }

  async chooseAccountTab(attempt: number): Promise<void> {
    const tabs = await this.#visible('accountTab');
    if (tabs.length > 0) await act(() => (tabs[attempt % tabs.length] as Locator).click({ timeout: ACT_LIMIT_MS }));
  }

  async goToRamForm(): Promise<boolean> {
    for (const frame of this.#frames) {
      const [link] = await visibleIn(frame, 'ramLink');
      if (link === undefined) continue;
      await act(() => link.click({ timeout: ACT_LIMIT_MS }));
      return true;
    }
    return false;
  }

  async fillAccount(): Promise<void> {
    await this.#fill('accountName', this.#task.username);
    await this.#fill('accountPassword', this.#task.password);
    await this.#click('accountSubmit');
  }

  async fillRamName(): Promise<void> {
    await this.#fill('ramName', this.#task.username);
    await this.#click('ramNext');
  }

  async fillRamPassword(): Promise<void> {
    await this.#fill('ramPassword', this.#task.password);
    await this.#click('ramSubmit');
  }

  async press(button: string): Promise<void> {
    const frame = this.#frame();
    const byRole = frame.getByRole('button', { name: button, exact: true });
    const one = (await byRole.count()) > 0 ? byRole.first() : frame.getByText(button, { exact: true }).first();
    await act(() => one.click({ timeout: ACT_LIMIT_MS }));
  }

  async goOnWithOrganisation(id: string): Promise<void> {
    const url = (await this.#linkOf(id)) ?? this.#organisationUrl(id);
    await act(() => this.#page.goto(url, { timeout: ACT_LIMIT_MS, waitUntil: 'commit' }));
  }

  /** As the page links it. */
  async #linkOf(id: string): Promise<string | undefined> {
    const links = this.#page.locator('a[href*="loginWithOrganization"]');
    const hrefs = await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href)).catch(() => []);
    return hrefs.find(
      (href) =>
        isCallback(href, this.#task.httpPort) && (new URL(href).searchParams.get('organizationId') ?? '') === id,
    );
  }

  /** As the page would ask for it: what the callback came with, and the choice. */
  #organisationUrl(id: string): string {
    const query = new URL(this.#page.url()).searchParams;
    query.set('organizationId', id);
    return `http://127.0.0.1:${this.#task.httpPort}/auth/loginWithOrganization?${query}`;
  }

  /** Only into a document of an allowed host: the element is asked for it, and goes with its document. */
  async #fill(mark: MarkName, value: string | undefined): Promise<void> {
    const [field] = await this.#visible(mark);
    const element = await field?.elementHandle({ timeout: ACT_LIMIT_MS }).catch(() => null);
    if (element === undefined || element === null) throw changedUnderHands();
    const place = await documentOf(element);
    // The process's own pages are no place for a password, though the browser may go there.
    if (!this.#task.isAllowedUrl(place) || isOfProcess(place, this.#task.httpPort)) {
      throw new LoginFailure(
        'navigation_refused',
        `The sign-in form stands at ${hostOf(place)}, which is none of the vendor's: nothing was typed into it`,
      );
    }
    await act(() => element.fill(value ?? '', { timeout: ACT_LIMIT_MS }));
  }

  async #click(mark: MarkName): Promise<void> {
    const [button] = await this.#visible(mark);
    if (button === undefined) throw changedUnderHands();
    await act(() => button.click({ timeout: ACT_LIMIT_MS }));
  }

  #visible(mark: MarkName): Promise<readonly Locator[]> {
    return visibleIn(this.#frame(), mark);
  }

  #frame(): Frame {
    return this.#frames[this.#finding.frame ?? 0] ?? this.#page.mainFrame();
  }
}

/** All visible elements of a mark, in the order of its spellings. */
async function visibleIn(frame: Frame, mark: MarkName): Promise<readonly Locator[]> {
  const found: Locator[] = [];
  for (const spelling of MARKS[mark] as readonly Spelling[]) {
    for (const all of locatorsOf(frame, spelling)) {
      for (const one of await all.all().catch(() => [])) if (await one.isVisible().catch(() => false)) found.push(one);
    }
  }
  return found;
}

/** Of a text the button comes first: a heading may say the same. */
function locatorsOf(frame: Frame, spelling: Spelling): readonly Locator[] {
  if ('text' in spelling) {
    return [
      frame.getByRole('button', { name: spelling.text, exact: true }),
      frame.getByText(spelling.text, { exact: true }),
    ];
  }
  const all = frame.locator(spelling.css);
  return [spelling.nth === undefined ? all : all.nth(spelling.nth)];
}

async function documentOf(element: ElementHandle): Promise<string> {
  try {
    return await element.evaluate((node) => node.ownerDocument?.location.href ?? '');
  } catch {
    return '';
  }
}

/** Playwright's own words quote selectors, addresses and what was to be typed: they are left behind. */
async function act(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch {
    throw changedUnderHands();
  }
}

const changedUnderHands = (): LoginFailure =>
  new LoginFailure('browser_failed', 'The sign-in page changed while it was being filled in');

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host || withoutQuery(url) : 'no address');
