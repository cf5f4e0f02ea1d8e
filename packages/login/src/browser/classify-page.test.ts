import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classifyPage, describePage, isCallback } from './classify-page.js';
import { PAGE_STATES, type PageState, type PageView } from './page-view.js';
import { frameView, HTTP_PORT, pageView } from './testing/views.js';

const recorded: Record<string, PageView> = JSON.parse(
  readFileSync(new URL('./testing/recorded-views.snap', import.meta.url), 'utf8'),
);
const CALLBACK = { url: `http://127.0.0.1:${HTTP_PORT}/auth/callback` };

/** Spellings of pages that are not the simulator's. */
const HAND_MADE: readonly (readonly [title: string, state: PageState, view: PageView])[] = [
  ['nothing yet', 'loading', pageView({}, { url: 'about:blank' })],
  ['an empty document', 'loading', pageView({}, { frames: [frameView()] })],
  ['a document on its way', 'loading', pageView({ lines: ['欢迎'] }, { loaded: false })],
  ['words of waiting', 'loading', pageView({ lines: ['Redirecting, please wait'] })],
  ['the account tab beside a form for codes', 'method-choice', pageView({ marks: ['accountTab', 'smsField'] })],
  ['the form over the tab', 'account-form', pageView({ marks: ['accountTab', 'accountName', 'accountPassword'] })],
  ['the name alone', 'method-choice', pageView({ marks: ['accountTab', 'accountName'] })],
  ['a slider over the form', 'challenge', pageView({ marks: ['accountName', 'accountPassword', 'slider'] })],
  [
    'the text of a slider',
    'challenge',
    pageView({ marks: ['accountName', 'accountPassword'], lines: ['拖动滑块完成验证'] }),
  ],
  ['the same in English', 'challenge', pageView({ lines: ['Please slide to verify'] })],
  [
    'a frame of the risk control',
    'challenge',
    pageView({}, { frames: [frameView(), frameView({ url: 'https://login.aliyun.com/_____tmd_____/punish' })] }),
  ],
  [
    'a footer that speaks of it',
    'unknown',
    pageView({ lines: [`To verify ${'that you may use the service '.repeat(4)}`] }),
  ],
  ['a code over the password', 'sms', pageView({ marks: ['smsField', 'accountPassword', 'accountTab'] })],
  ['a code alone', 'sms', pageView({ marks: ['smsField'] })],
  ['an account that is frozen', 'locked', pageView({ marks: ['formError'], error: '账户已冻结，请联系客服' })],
  ['too many tries', 'locked', pageView({ marks: ['formError'], error: 'Too many attempts: your account is locked' })],
  ['a name that is none', 'wrong-password', pageView({ marks: ['formError'], error: '账号不存在' })],
  ['a password in English', 'wrong-password', pageView({ error: "The password doesn't match" })],
  ['an error in other words', 'error', pageView({ error: '网络开小差了' })],
  ['an error before the form', 'locked', pageView({ error: 'locked', marks: ['accountName', 'accountPassword'] })],
  ['RAM: the second step over the first', 'ram-password-form', pageView({ marks: ['ramName', 'ramPassword'] })],
  ['RAM: the first step', 'ram-user-form', pageView({ marks: ['ramName', 'ramNext'] })],
  ['privacy', 'consent', pageView({ lines: ['Privacy Policy'], buttons: ['Decline', 'Agree'] })],
  [
    'continue as',
    'select-account',
    pageView({ lines: ['Continue as a***'], buttons: ['Continue', 'Use another account'] }),
  ],
  ['terms without a button of the list', 'consent', pageView({ lines: ['我已阅读服务协议'], buttons: ['签署'] })],
  [
    'a form that nobody knows, with a consent below',
    'unknown',
    pageView({ marks: ['field'], lines: ['登录即同意服务协议'] }),
  ],
  ['such a form with a button to go on', 'unknown', pageView({ marks: ['field'], buttons: ['Continue'] })],
  [
    'such a form in another frame',
    'unknown',
    pageView({}, { frames: [frameView({ lines: ['正在加载'] }), frameView({ marks: ['field'] })] }),
  ],
  ['a code that was sent', 'sms', pageView({ marks: ['field'], lines: ['短信验证码已发送至 138****0000'] })],
  ['a password in other English', 'wrong-password', pageView({ error: "Account and password didn't match." })],
  ['a login that failed in English', 'wrong-password', pageView({ error: 'Authentication failed' })],
  ['a login that failed', 'wrong-password', pageView({ error: '登录失败' })],
  ['a system that is busy', 'error', pageView({ error: '系统繁忙，登录失败' })],
  ['a button that only begins so', 'unknown', pageView({ lines: ['欢迎'], buttons: ['继续购买'] })],
  ['a page of the server’s', 'error', pageView({ lines: ['502 Bad Gateway'] })],
  ['a page of the browser’s', 'error', pageView({}, { url: 'chrome-error://chromewebdata/' })],
  ['organisations as links', 'organisations', pageView({ marks: ['organisation'] })],
  ['organisations at the callback', 'organisations', pageView({}, { ...CALLBACK, errorCode: 0, selectAccount: true })],
  ['the callback', 'success', pageView({}, { ...CALLBACK, errorCode: 0 })],
  ['the callback without its variable', 'success', pageView({}, CALLBACK)],
  ['the callback on its way', 'loading', pageView({}, { ...CALLBACK, loaded: false })],
  ['the callback with an error', 'error', pageView({}, { ...CALLBACK, errorCode: 2 })],
  [
    'the callback of an organisation',
    'success',
    pageView({}, { url: `http://127.0.0.1:${HTTP_PORT}/auth/loginWithOrganization` }),
  ],
  [
    'the callback of another process',
    'unknown',
    pageView({ lines: ['ok'] }, { url: 'http://127.0.0.1:1/auth/callback' }),
  ],
  ['no page that is known', 'unknown', pageView({ lines: ['欢迎使用新版'] })],
];

describe('classifyPage()', () => {
  for (const [name, view] of Object.entries(recorded)) {
    it(`recorded - ${name}`, () => {
      const state = PAGE_STATES.findLast((each) => name.startsWith(each));
      expect(classifyPage(view, HTTP_PORT).state).toBe(state);
    });
  }

  it.each(HAND_MADE)('hand-made - %s', (_, state, view) => {
    expect(classifyPage(view, HTTP_PORT).state).toBe(state);
  });

  it('states - each one has a view', () => {
    const seen = [...Object.values(recorded), ...HAND_MADE.map(([, , view]) => view)].map(
      (view) => classifyPage(view, HTTP_PORT).state,
    );
    expect(new Set(seen)).toEqual(new Set(PAGE_STATES));
  });

  it('frame and button - are those that told', () => {
    const view = pageView(
      {},
      { frames: [frameView({ lines: ['x'] }), frameView({ lines: ['授权'], buttons: ['取消', '同意'] })] },
    );
    expect(classifyPage(view, HTTP_PORT)).toEqual({ state: 'consent', frame: 1, button: '同意' });
  });
});

describe('describePage()', () => {
  it('tells host, path and marks, and no word of the page', () => {
    const view = pageView({
      marks: ['accountTab'],
      lines: ['secret line'],
      buttons: ['secret button'],
      error: 'secret',
    });
    expect(describePage(view)).toBe('account.aliyun.com/login/login.htm (1 frames; accountTab)');
  });
});

describe('isCallback()', () => {
  it.each([
    [`http://127.0.0.1:${HTTP_PORT}/auth/callback?state=x`, true],
    [`http://localhost:${HTTP_PORT}/auth/loginWithOrganization`, true],
    [`https://127.0.0.1:${HTTP_PORT}/auth/callback`, false],
    [`http://127.0.0.1:${HTTP_PORT}/auth/callback/x`, false],
    [`http://127.0.0.1:${HTTP_PORT}/profile`, false],
    [`http://127.0.0.1.evil.example:${HTTP_PORT}/auth/callback`, false],
    ['', false],
  ])('%s - %s', (url, expected) => {
    expect(isCallback(url, HTTP_PORT)).toBe(expected);
  });
});
