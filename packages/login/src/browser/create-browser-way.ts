/** Signing in by a browser: a fresh one each try, two at most at a time, gone in every path. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep, systemClock } from '@lingma-gateway/core';
import PQueue from 'p-queue';
import type { Page } from 'playwright-core';
import type { BrowserState, BrowserTask, BrowserWay, BrowserWayOptions } from '../browser-way.js';
import { LoginFailure } from '../login-failure.js';
import { BrowserPage } from './browser-page.js';
import { isOfProcess } from './classify-page.js';
import { launchBrowser, loadPlaywright, type PlaywrightModule } from './launch-browser.js';
import { guardNavigation } from './navigation-guard.js';
import { signInSteps } from './sign-in-steps.js';

/** A browser takes some 300 MB: a pool that logs in all at once must not take them all at once. */
const BROWSERS_AT_A_TIME = 2;

/** For the first page: it comes behind several redirects. */
const OPEN_LIMIT_MS = 60_000;

/** @param load playwright-core, an optional peer: it is loaded when somebody is to be signed in */
export function createBrowserWay(
  options: BrowserWayOptions = {},
  load: () => Promise<PlaywrightModule> = () => import('playwright-core'),
): BrowserWay {
  const queue = new PQueue({ concurrency: BROWSERS_AT_A_TIME });
  let isWarned = options.noSandbox !== true;
  return {
    async signIn(task) {
      const playwright = await loadPlaywright(load);
      if (!isWarned) task.logger.warn('Browsers run without their sandbox: login.noSandbox is set');
      isWarned = true;
      task.onState('waiting_for_browser');
      task.signal.throwIfAborted();
      await inQueue(queue, task.signal, () => withBrowser(playwright, options, task));
    },
  };
}

/** The queue's own signal would give the place away while the browser is still being closed: this one leaves before its turn alone. */
function inQueue(queue: PQueue, signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    void queue.add(async () => {
      signal.removeEventListener('abort', leave);
      if (!signal.aborted) await work().then(resolve, reject);
    });
  });
}

async function withBrowser(playwright: PlaywrightModule, options: BrowserWayOptions, task: BrowserTask): Promise<void> {
  task.signal.throwIfAborted();
  const clock = options.clock ?? systemClock;
  const ended = new AbortController();
  const signal = AbortSignal.any([task.signal, ended.signal]);
  const fail = (failure: LoginFailure): void => ended.abort(failure);
  const launching = launchBrowser(playwright, { ...options, headed: task.headed, clock });
  void sleep(task.deadline, signal, clock).then(
    () => fail(new LoginFailure('timeout', `The sign-in did not end within ${Math.round(task.deadline / 1000)} s`)),
    () => undefined,
  );
  try {
    const { browser } = await orAborted(launching, signal);
    browser.on('disconnected', () =>
      fail(new LoginFailure('browser_failed', 'The browser ended before the sign-in did')),
    );
    const context = await orAborted(browser.newContext({ acceptDownloads: false }), signal);
    const mayOpen = (url: string): boolean =>
      url.startsWith('about:') || isOfProcess(url, task.httpPort) || task.isAllowedUrl(url);
    const guard = await orAborted(guardNavigation(context, mayOpen, fail), signal);
    const page = await orAborted(context.newPage(), signal);
    page.on('crash', () => fail(new LoginFailure('browser_failed', 'The page of the sign-in crashed')));
    try {
      await orAborted(guard.watch(page), signal);
      await orAborted(open(page, task.url), signal);
      await orAborted(
        signInSteps(new BrowserPage(context, page, task, guard), { ...task, signal, onState: once(task) }, clock),
        signal,
      );
    } catch (cause) {
      await screenshot(context.pages().at(-1) ?? page, options, task);
      throw guard.refused ?? cause;
    }
  } catch (cause) {
    throw rebuilt(cause, task);
  } finally {
    ended.abort(new LoginFailure('browser_failed', 'The sign-in has ended'));
    // One that is still on its way is closed when it has come.
    await launching.then(
      (running) => running.close(),
      () => undefined,
    );
  }
}

/** The page's own time counts from its first look; its address is not named where it fails. */
async function open(page: Page, url: string): Promise<void> {
  try {
    await page.goto(url, { waitUntil: 'commit', timeout: OPEN_LIMIT_MS });
  } catch {
    throw new LoginFailure('browser_failed', 'The sign-in page could not be opened', { retryable: true });
  }
}

/** Tells a state when it is another one. */
function once({ onState }: BrowserTask): (state: BrowserState) => void {
  let last: BrowserState | undefined;
  return (state) => {
    if (state === last) return;
    last = state;
    onState(state);
  };
}

/** Settles with the signal's reason as soon as that is aborted; what is left of the work ends with the browser. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** No error of playwright's leaves: they quote addresses and what was typed. */
function rebuilt(cause: unknown, { signal }: BrowserTask): unknown {
  if (signal.aborted) return signal.reason;
  return cause instanceof LoginFailure ? cause : new LoginFailure('browser_failed', 'The browser failed');
}

/** One picture a failure, where it was asked for: without what stands in fields. Its own failure is nobody's. */
async function screenshot(
  page: Page,
  options: BrowserWayOptions,
  { logger, signal, screenshotDir = options.screenshotDir }: BrowserTask,
): Promise<void> {
  if (screenshotDir === undefined || signal.aborted || page.isClosed()) return;
  try {
    const mask = page.frames().map((frame) => frame.locator('input, textarea, [contenteditable]'));
    const picture = await page.screenshot({ mask, timeout: 5_000 });
    await mkdir(screenshotDir, { recursive: true, mode: 0o700 });
    const path = join(screenshotDir, 'login-failure.png');
    await writeFile(path, picture, { mode: 0o600 });
    await chmod(path, 0o600);
    logger.warn('A picture of the failed sign-in was written: login.debugScreenshots is set', {
      file: 'login-failure.png',
    });
  } catch {
    logger.debug('No picture of the failed sign-in could be made');
  }
}
