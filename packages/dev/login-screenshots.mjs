#!/usr/bin/env node
/**
 * The pictures of docs/login.md: the sign-in by a visible browser, at the simulator's sign-in site. A Chromium is taken from
 * PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH or from where the system has one; a screen is not needed.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBrowserWay } from '@lingma-gateway/login';
import { createLoginSite } from '@lingma-gateway/simulator';
import { chromium } from 'playwright-core';

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url));
const USER = { name: 'alice@example.com', password: 'not-a-password', behaviour: 'slider-person' };
const VIEWPORT = { width: 760, height: 520 };

const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const { PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH: named } = process.env;
const browserPath = [named, '/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
const noSandbox = process.getuid?.() === 0;

mkdirSync(FOLDER, { recursive: true });
const site = createLoginSite({ users: [USER] });
await site.start();
const callback = createServer((_, response) => {
  response.setHeader('content-type', 'text/html').end('<script>window.error_code = 0</script>ok');
});
await new Promise((resolve) => callback.listen(0, '127.0.0.1', resolve));
const { port } = callback.address();
const url = `${site.loginUrl}?${new URLSearchParams({ nonce: 'n', port: String(port) })}`;

let browser;
const launch = async (options) => {
  browser = await chromium.launch({ ...options, headless: true });
  return browser;
};
const picture = (page, name) => page.screenshot({ path: join(FOLDER, `${name}.png`) });

try {
  // The form, as the gateway leaves it a moment before it presses the button.
  await launch({ ...(browserPath && { executablePath: browserPath }), chromiumSandbox: !noSandbox });
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(url);
  const form = page.frameLocator('#alibaba-login-box');
  await form.locator('.tabs-item').nth(1).click();
  await form.locator('#fm-login-id').fill(USER.name);
  await form.locator('#fm-login-password').fill(USER.password);
  await picture(page, 'login-form');
  await browser.close();

  // The challenge: the gateway waits, a person passes it, the login goes on.
  const way = createBrowserWay({ ...(browserPath && { browserPath }), noSandbox }, async () => ({
    chromium: { launch },
  }));
  let person;
  await way.signIn({
    ...{ url, httpPort: port, username: USER.name, password: USER.password, headed: true, deadline: 60_000 },
    isAllowedUrl: (target) => new URL(target).hostname === '127.0.0.1',
    signal: new AbortController().signal,
    logger: silent,
    onState(state) {
      if (state === 'challenge') person ??= passChallenge(browser.contexts()[0].pages()[0]);
    },
  });
  await person;
} finally {
  await browser?.close();
  await site.stop();
  callback.close();
}

async function passChallenge(page) {
  await page.setViewportSize(VIEWPORT);
  await picture(page, 'login-challenge');
  await page.frameLocator('#alibaba-login-box').locator('#person-passes').click();
}
