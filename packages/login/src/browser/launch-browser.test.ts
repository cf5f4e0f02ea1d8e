import { EventEmitter } from 'node:events';
import { silentLogger, systemClock } from '@lingma-gateway/core';
import type { Browser, LaunchOptions } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { createBrowserWay } from './create-browser-way.js';
import { browserCandidates, launchBrowser, type PlaywrightModule } from './launch-browser.js';

const OPTIONS = { headed: false, clock: systemClock };

function fakePlaywright(
  launch: (options: LaunchOptions) => Browser,
): PlaywrightModule & { readonly tried: LaunchOptions[] } {
  const tried: LaunchOptions[] = [];
  return {
    tried,
    chromium: {
      async launch(options) {
        tried.push(options);
        return launch(options);
      },
    },
  };
}

const fakeBrowser = (close: () => Promise<void> = async () => undefined): Browser =>
  Object.assign(new EventEmitter(), { close, newBrowserCDPSession: async () => Promise.reject(new Error()) }) as never;

const failing = (message: string) => (): never => {
  throw new Error(message);
};

describe('browserCandidates()', () => {
  it.each([
    [
      'a path',
      { browserPath: '/opt/chrome', env: { PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH: '/x' } },
      [{ executablePath: '/opt/chrome' }],
    ],
    ['the variable', { env: { PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH: '/x' } }, [{ executablePath: '/x' }]],
    ['an empty path', { browserPath: '', env: {} }, [{ channel: 'chrome' }, { channel: 'msedge' }, {}]],
    ['nothing', {}, [{ channel: 'chrome' }, { channel: 'msedge' }, {}]],
  ])('%s - in order', (_, options, expected) => {
    expect(browserCandidates(options)).toEqual(expected);
  });
});

describe('launchBrowser()', () => {
  it('the next one is tried - where one is not installed', async () => {
    const playwright = fakePlaywright(({ channel }) => {
      if (channel === 'chrome')
        throw new Error("Chromium distribution 'chrome' is not found at /opt/google/chrome/chrome");
      return fakeBrowser();
    });
    await launchBrowser(playwright, OPTIONS);
    expect(playwright.tried.map(({ channel }) => channel)).toEqual(['chrome', 'msedge']);
  });

  it('the sandbox - is on, and off only where it is said', async () => {
    const playwright = fakePlaywright(() => fakeBrowser());
    await launchBrowser(playwright, OPTIONS);
    await launchBrowser(playwright, { ...OPTIONS, noSandbox: true, headed: true });
    expect(playwright.tried.map(({ chromiumSandbox, headless }) => ({ chromiumSandbox, headless }))).toEqual([
      { chromiumSandbox: true, headless: true },
      { chromiumSandbox: false, headless: false },
    ]);
  });

  it('the environment - what any program needs; no key, password or token, whatever it is called', async () => {
    const playwright = fakePlaywright(() => fakeBrowser());
    const needed = {
      HOME: '/root',
      PATH: '/bin',
      Lc_All: 'C',
      https_proxy: 'http://p',
      DISPLAY: ':0',
      SystemRoot: 'C:',
    };
    const secret = {
      LINGMA_PASSWORD: 'c',
      LINGMA_ACCOUNTS: 'c',
      LINGMA_SESSION_BUNDLE: 'c',
      CLIENT_API_KEY: 'c',
      ANY: 'c',
    };
    await launchBrowser(playwright, { ...OPTIONS, env: { ...needed, ...secret, TZ: undefined } });
    expect(playwright.tried[0]?.env).toEqual(needed);
  });

  it('no disguise - nothing is given to the browser but how to start', async () => {
    const playwright = fakePlaywright(() => fakeBrowser());
    await launchBrowser(playwright, OPTIONS);
    expect(Object.keys(playwright.tried[0] ?? {}).sort()).toEqual([
      ...['channel', 'chromiumSandbox', 'handleSIGHUP', 'handleSIGINT', 'handleSIGTERM', 'headless', 'timeout'],
    ]);
  });

  it.each([
    [
      'none installed',
      "browserType.launch: Executable doesn't exist at /x",
      'browser_unavailable',
      'npm install playwright-core',
    ],
    ['root', 'Running as root without --no-sandbox is not supported', 'browser_unavailable', 'login.noSandbox'],
    [
      'no screen',
      'Looks like you launched a headed browser without having a XServer running',
      'browser_unavailable',
      'DISPLAY',
    ],
    ['anything else', 'Target page has been closed --user-data-dir=/home/x', 'browser_failed', 'did not start'],
  ])('%s - says what to do, in own words', async (_, message, code, hint) => {
    const launching = launchBrowser(fakePlaywright(failing(message)), OPTIONS);
    await expect(launching).rejects.toMatchObject({ code, message: expect.stringContaining(hint) });
    await expect(launching).rejects.not.toMatchObject({ message: expect.stringMatching(/home|user-data/) });
  });

  it('a browser that does not close - is not waited for longer than its limit', async () => {
    let strike = (): void => undefined;
    const clock = {
      now: () => 0,
      schedule(_: number, callback: () => void) {
        strike = callback;
        return () => undefined;
      },
    };
    const running = await launchBrowser(
      fakePlaywright(() => fakeBrowser(() => new Promise(() => undefined))),
      { ...OPTIONS, clock },
    );
    const closed = running.close();
    strike();
    await closed;
  });
});

describe('createBrowserWay()', () => {
  it('without a sandbox - one warning, however often it signs in', async () => {
    const warnings: string[] = [];
    const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
    const way = createBrowserWay({ noSandbox: true }, async () => fakePlaywright(failing('no')));
    const task = { logger, signal: new AbortController().signal, onState: () => undefined, deadline: 1000 };
    for (let login = 0; login < 2; login++) await way.signIn(task as never).catch(() => undefined);
    expect(warnings).toEqual([expect.stringContaining('login.noSandbox')]);
  });

  it('without playwright-core - is unavailable, with the sentence how to install it', async () => {
    const way = createBrowserWay({}, () => Promise.reject(new Error("Cannot find package 'playwright-core'")));
    await expect(way.signIn({} as never)).rejects.toMatchObject({
      code: 'browser_unavailable',
      retryable: false,
      message: expect.stringContaining('npm install playwright-core'),
    });
  });
});
