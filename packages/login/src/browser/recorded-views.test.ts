/** The views that the classifier is tested by are those that a Chromium has of the simulator's pages today. */
import { fileURLToPath } from 'node:url';
import PQueue from 'p-queue';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoginBehaviour } from '../../../simulator/src/index.js';
import { readPage } from './read-page.js';
import { CHROMIUM, NO_SANDBOX, startedCallback, startedSite } from './testing/chromium.js';
import { HTTP_PORT } from './testing/views.js';

const RECORDED = fileURLToPath(new URL('./testing/recorded-views.snap', import.meta.url));
const USER = { password: 'right' };

const openForm = async (page: Page): Promise<void> => {
  await page.frameLocator('#alibaba-login-box').locator('.tabs-item').nth(1).click();
  await page.frameLocator('#alibaba-login-box').locator('#fm-login-id').waitFor();
};
const send = async (page: Page, name: string, password = USER.password): Promise<void> => {
  await openForm(page);
  const frame = page.frameLocator('#alibaba-login-box');
  await frame.locator('#fm-login-id').fill(name);
  await frame.locator('#fm-login-password').fill(password);
  await frame.locator('.password-login').click();
};
const inFrame = async (page: Page, selector: string): Promise<void> =>
  page.frameLocator('#alibaba-login-box').locator(selector).first().waitFor();

interface Recording {
  readonly name: string;
  readonly behaviour: LoginBehaviour;
  readonly open: (page: Page, user: string) => Promise<unknown>;
}

const RECORDINGS: readonly Recording[] = [
  { name: 'method-choice', behaviour: 'ok', open: (page) => inFrame(page, '.tabs-item') },
  { name: 'account-form', behaviour: 'ok', open: openForm },
  {
    name: 'account-form in the page',
    behaviour: 'main-page-form',
    open: (page) => page.locator('#fm-login-id').waitFor(),
  },
  {
    name: 'wrong-password',
    behaviour: 'wrong-password',
    open: async (page, user) => {
      await send(page, user);
      await inFrame(page, '#fm-error:visible');
    },
  },
  {
    name: 'wrong-password in English',
    behaviour: 'english',
    open: async (page, user) => {
      await send(page, user, 'wrong');
      await inFrame(page, '#fm-error:visible');
    },
  },
  {
    name: 'locked',
    behaviour: 'locked',
    open: async (page, user) => {
      await send(page, user);
      await inFrame(page, '#fm-error:visible');
    },
  },
  {
    name: 'challenge',
    behaviour: 'slider',
    open: async (page, user) => {
      await send(page, user);
      await inFrame(page, '#nc_1_n1z');
    },
  },
  {
    name: 'sms',
    behaviour: 'sms',
    open: async (page, user) => {
      await send(page, user);
      await inFrame(page, '#fm-smscode');
    },
  },
  { name: 'ram-user-form', behaviour: 'ram', open: (page) => page.locator('#ram-link').click() },
  {
    name: 'ram-password-form',
    behaviour: 'ram',
    open: async (page) => {
      await page.locator('#ram-link').click();
      await page.locator('#loginName').fill('a@b');
      await page.locator('#next').click();
      await page.locator('#loginPassword').waitFor();
    },
  },
  ...(['consent', 'continue-as', 'english', 'popup'] as const).map(
    (behaviour): Recording => ({
      name: `${behaviour === 'continue-as' ? 'select-account' : 'consent'} (${behaviour})`,
      behaviour,
      open: async (page, user) => {
        await send(page, user);
        await page.locator('#confirm').waitFor();
      },
    }),
  ),
  {
    name: 'consent without a button',
    behaviour: 'terms',
    open: async (page, user) => {
      await send(page, user);
      await page.locator('#sign').waitFor();
    },
  },
  {
    name: 'loading',
    behaviour: 'no-redirect',
    open: async (page, user) => {
      await send(page, user);
      await page.getByText('正在跳转').waitFor();
    },
  },
  { name: 'unknown', behaviour: 'changed-markup', open: (page) => inFrame(page, '.x4') },
  {
    name: 'success',
    behaviour: 'ok',
    open: async (page, user) => {
      await send(page, user);
      await page.getByText('ok').waitFor();
    },
  },
];

describe.skipIf(CHROMIUM === undefined)('recorded views', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM as string, chromiumSandbox: !NO_SANDBOX });
  });
  afterAll(() => browser?.close());

  it('are those of the pages of today', async () => {
    const record = async ({ behaviour, open }: Recording): Promise<unknown> => {
      const user = behaviour === 'ram' ? 'a@b' : 'alice';
      const site = await startedSite([{ ...USER, name: user, behaviour }]);
      const callback = await startedCallback();
      const page = await browser.newPage();
      await page.goto(`${site.loginUrl}?nonce=n&port=${callback.port}`);
      await open(page, user);
      await page.waitForLoadState();
      const { view } = await readPage(page, callback.port);
      const text = JSON.stringify(view)
        .replaceAll(site.origins.site, 'https://account.aliyun.com')
        .replaceAll(site.origins.form, 'https://passport.aliyun.com')
        .replaceAll(`:${callback.port}/`, `:${HTTP_PORT}/`);
      await page.close();
      return JSON.parse(text);
    };
    const views: Record<string, unknown> = {};
    // Most of it is waiting for pages: a few at a time.
    const queue = new PQueue({ concurrency: 4 });
    const recorded = await queue.addAll(RECORDINGS.map((recording) => () => record(recording)));
    for (const [at, { name }] of RECORDINGS.entries()) views[name] = recorded[at];
    await expect(`${JSON.stringify(views, undefined, 2)}\n`).toMatchFileSnapshot(RECORDED);
  }, 120_000);
});
