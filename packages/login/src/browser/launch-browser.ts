/** Finds a Chromium, starts it with a profile of its own that nobody keeps, and ends it for sure. */
import { type Clock, sleep } from '@lingma-gateway/core';
import type { Browser, LaunchOptions } from 'playwright-core';
import type { BrowserWayOptions } from '../browser-way.js';
import { LoginFailure } from '../login-failure.js';
import { browserEnv } from './browser-env.js';

/** The part of playwright-core that is used. */
export interface PlaywrightModule {
  readonly chromium: { launch(options: LaunchOptions): Promise<Browser> };
}

/** A started browser and how to end it. */
export interface RunningBrowser {
  readonly browser: Browser;
  /** Ends it within {@link CLOSE_LIMIT_MS}, by force if need be. Never rejects. */
  close(): Promise<void>;
}

const LAUNCH_LIMIT_MS = 30_000;
/** A browser that was asked to close and has not is killed: one may take 5 s in all. */
const CLOSE_LIMIT_MS = 4_000;

const INSTALL_HINT =
  'Signing in by a browser needs the package playwright-core (npm install playwright-core) and a Chromium: Chrome, Edge, one named by login.browserPath, or npx playwright-core install chromium';

/**
 * Where a browser is looked for, in order: the one that is named, else Chrome, Edge and playwright's own.
 */
export function browserCandidates(options: Pick<BrowserWayOptions, 'browserPath' | 'env'>): readonly LaunchOptions[] {
  const named = options.browserPath || options.env?.PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH;
  if (named) return [{ executablePath: named }];
  return [{ channel: 'chrome' }, { channel: 'msedge' }, {}];
}

/**
 * Starts a browser.
 *
 * @throws {@link LoginFailure} `browser_unavailable` when there is none, `browser_failed` when it does not start
 */
export async function launchBrowser(
  playwright: PlaywrightModule,
  options: BrowserWayOptions & { readonly headed: boolean; readonly clock: Clock },
): Promise<RunningBrowser> {
  for (const candidate of browserCandidates(options)) {
    try {
      const browser = await playwright.chromium.launch({
        ...candidate,
        headless: !options.headed,
        chromiumSandbox: options.noSandbox !== true,
        timeout: LAUNCH_LIMIT_MS,
        ...(options.env !== undefined && { env: browserEnv(options.env) }),
        // The gateway ends by its own rules; playwright would end the process.
        ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
      });
      return running(browser, await processId(browser), options.clock);
    } catch (cause) {
      const reason = launchFailure(cause);
      if (reason !== undefined) throw reason;
    }
  }
  throw new LoginFailure('browser_unavailable', `No Chromium was found. ${INSTALL_HINT}`);
}

/** playwright-core, on first use. @throws {@link LoginFailure} `browser_unavailable` */
export async function loadPlaywright(load: () => Promise<PlaywrightModule>): Promise<PlaywrightModule> {
  try {
    return await load();
  } catch {
    throw new LoginFailure('browser_unavailable', `playwright-core is not installed. ${INSTALL_HINT}`);
  }
}

/** Undefined when there is no such browser: the next one may be. What playwright says holds paths and flags, and is not told. */
function launchFailure(cause: unknown): LoginFailure | undefined {
  const text = cause instanceof Error ? cause.message : '';
  if (/is not found at|executable doesn't exist|ENOENT|Unsupported chromium channel/i.test(text)) return undefined;
  if (/without --no-sandbox|No usable sandbox|sandbox/i.test(text)) {
    return new LoginFailure(
      'browser_unavailable',
      'The browser cannot start its sandbox. Run the gateway as an ordinary user, or set login.noSandbox in a container that needs it',
    );
  }
  if (/XServer|\$DISPLAY|Missing X server/i.test(text)) {
    return new LoginFailure(
      'browser_unavailable',
      'A visible browser needs a screen, and there is none (DISPLAY is not set)',
    );
  }
  return new LoginFailure('browser_failed', 'The browser did not start');
}

/** Its process id, so that it can be ended when it does not listen any more. */
async function processId(browser: Browser): Promise<number | undefined> {
  try {
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    await session.detach();
    return processInfo.find(({ type }) => type === 'browser')?.id;
  } catch {
    return undefined;
  }
}

function running(browser: Browser, pid: number | undefined, clock: Clock): RunningBrowser {
  let closed: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    const done = new AbortController();
    const late = sleep(CLOSE_LIMIT_MS, done.signal, clock).then(
      () => {
        if (pid !== undefined) process.kill(pid, 'SIGKILL');
      },
      () => undefined,
    );
    const closing = browser.close().catch(() => undefined);
    await Promise.race([closing, late.catch(() => undefined)]);
    done.abort();
  };
  return {
    browser,
    close() {
      closed ??= end();
      return closed;
    },
  };
}
