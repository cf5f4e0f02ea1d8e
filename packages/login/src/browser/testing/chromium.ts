/** A Chromium for tests, the address that a process would give, and the callback that it would take. */
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '@lingma-gateway/core';
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from 'playwright-core';
import { afterAll, afterEach } from 'vitest';
import { createLoginSite, type LoginSite, type LoginSiteUser } from '../../../../simulator/src/index.js';
import type { BrowserTask } from '../../browser-way.js';
import { createBrowserWay } from '../create-browser-way.js';

const { PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH: named } = process.env;
const installed = [named, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined: tests that need it are skipped, and say so. */
export const CHROMIUM: string | undefined = installed.find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);

if (CHROMIUM === undefined)
  console.warn('SKIPPED: no Chromium on this machine, the tests of the sign-in by a browser do not run');

/** Root cannot have the sandbox. */
export const NO_SANDBOX = process.getuid?.() === 0;

const endings: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  await Promise.all(endings.splice(0).map((end) => end()));
});

export async function startedSite(users: readonly LoginSiteUser[], stepMs = 10_000): Promise<LoginSite> {
  const site = createLoginSite({ users, stepMs });
  await site.start();
  endings.push(() => site.stop());
  return site;
}

/** The process's HTTP port as far as a browser knows it. */
export interface CallbackServer {
  readonly port: number;
  /** Paths with their queries, in the order they were asked for. */
  readonly calls: readonly URL[];
}

/** @param page what the callback answers; the default: all is well */
export async function startedCallback(page: (url: URL) => string = () => FINE): Promise<CallbackServer> {
  const calls: URL[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname.startsWith('/auth/')) calls.push(url);
    response.writeHead(url.pathname.startsWith('/auth/') ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
    response.end(page(url));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, calls };
}

export const FINE = '<!doctype html><script>window.error_code = 0; window.user_info = {}</script><p>ok</p>';

/** A browser way whose browsers can be watched, with a window that nobody has to have a screen for. */
export function testedWay(options: Parameters<typeof createBrowserWay>[0] = {}): {
  readonly way: ReturnType<typeof createBrowserWay>;
  readonly browsers: Browser[];
  readonly launches: LaunchOptions[];
} {
  const browsers: Browser[] = [];
  const launches: LaunchOptions[] = [];
  const launch = async (given: LaunchOptions): Promise<Browser> => {
    launches.push(given);
    const browser = await chromium.launch({ ...given, headless: true });
    browsers.push(browser);
    return browser;
  };
  const way = createBrowserWay(
    { ...(CHROMIUM === undefined ? {} : { browserPath: CHROMIUM }), noSandbox: NO_SANDBOX, ...options },
    async () => ({ chromium: { launch } }),
  );
  endings.push(() => Promise.all(browsers.map((browser) => browser.close())));
  return { way, browsers, launches };
}

let shared: Promise<Browser> | undefined;
afterAll(async () => {
  await (await shared)?.close();
});

/** As {@link testedWay}, for tests of what is done in a browser: one process for all of a file, a profile of its own each. */
export function sharedWay(
  options: Parameters<typeof createBrowserWay>[0] = {},
): Pick<ReturnType<typeof testedWay>, 'way' | 'browsers'> {
  const browsers: Browser[] = [];
  const launch = async (given: LaunchOptions): Promise<Browser> => {
    shared ??= chromium.launch({ ...given, headless: true });
    const browser = withOwnContexts(await shared);
    browsers.push(browser);
    return browser;
  };
  const way = createBrowserWay(
    { ...(CHROMIUM === undefined ? {} : { browserPath: CHROMIUM }), noSandbox: NO_SANDBOX, ...options },
    async () => ({ chromium: { launch } }),
  );
  endings.push(() => Promise.all(browsers.map((browser) => browser.close())));
  return { way, browsers };
}

/** The part of a browser that is used, as if it were one of its own: what it has opened ends with it. */
function withOwnContexts(browser: Browser): Browser {
  const contexts: BrowserContext[] = [];
  let isOpen = true;
  const own: Partial<Browser> = {
    contexts: () => contexts,
    isConnected: () => isOpen,
    async newContext(options) {
      const context = await browser.newContext(options);
      contexts.push(context);
      return context;
    },
    newBrowserCDPSession: () => Promise.reject(new Error('It is not to be ended by its process')),
    async close() {
      isOpen = false;
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    },
    on: () => own as Browser,
  };
  return own as Browser;
}

/** The login of a site with one user, as the flow would ask for it. */
export function taskFor(
  site: LoginSite,
  user: Pick<LoginSiteUser, 'name' | 'password'>,
  callback: CallbackServer,
  more: Partial<BrowserTask> = {},
): BrowserTask & { readonly states: string[] } {
  const states: string[] = [];
  const query = new URLSearchParams({ nonce: 'f'.repeat(32), port: String(callback.port), state: 's', challenge: 'c' });
  return {
    url: `${site.loginUrl}?${query}`,
    httpPort: callback.port,
    username: user.name,
    password: user.password,
    headed: false,
    isAllowedUrl: (url) => URL.canParse(url) && ['127.0.0.1', 'localhost'].includes(new URL(url).hostname),
    signal: new AbortController().signal,
    onState: (state) => void states.push(state),
    deadline: 120_000,
    logger: silentLogger,
    states,
    ...more,
  };
}
