/**
 * The one table of what a sign-in page looks like: a page that has changed is mended here. Several spellings a mark; the
 * first that is visible counts.
 */

/** An element, by its selector or by all of its text. `nth`: which of those that the selector finds, from 0. */
export type Spelling = { readonly css: string; readonly nth?: number } | { readonly text: string };

const css = (...selectors: string[]): readonly Spelling[] => selectors.map((selector) => ({ css: selector }));
const text = (...texts: string[]): readonly Spelling[] => texts.map((each) => ({ text: each }));

export const MARKS = {
  accountTab: [
    { css: '.tabs-item', nth: 1 },
    ...css('#J_Quick2Static'),
    ...text('账号登录', '密码登录', '账号密码登录', 'Password', 'Password Login', 'Account Login'),
  ],
  accountName: css('#fm-login-id'),
  accountPassword: css('#fm-login-password'),
  accountSubmit: css('.fm-button.fm-submit.password-login', '#fm-login-submit', '.fm-btn > button'),
  ramLink: [
    ...css('a[href*="signin.aliyun.com/"]', 'a[href*="signin.alibabacloud.com/"]'),
    ...text(
      'RAM 用户登录',
      'RAM用户登录',
      'RAM 用户',
      '子用户登录',
      '子账号登录',
      'RAM User',
      'RAM User Logon',
      'RAM User Login',
    ),
  ],
  ramName: css(
    'input[placeholder*="用户名@默认域名"]',
    'input[placeholder*="onaliyun.com"]',
    'input[name="user_principal_name"]',
  ),
  ramNext: text('下一步', 'Next'),
  ramPassword: css('#loginPassword', 'input[name="password_ims"]'),
  ramSubmit: [
    ...text('登录', '登 录', 'Log On', 'Log In', 'Sign In'),
    ...css('button[type="submit"]', 'input[type="submit"]'),
  ],
  formError: css('.fm-error', '.fm-error-tip', '#login-error'),
  slider: css(
    '#nc_1_n1z',
    '.nc-container',
    '.nc_wrapper',
    '#nocaptcha',
    '#baxia-dialog-content',
    '#fm-login-checkcode',
  ),
  smsField: css(
    'input[name*="sms" i]',
    'input[id*="sms" i]',
    'input[placeholder*="短信"]',
    'input[placeholder*="校验码"]',
    'input[placeholder*="验证码"]',
    'input[placeholder*="SMS" i]',
    'input[placeholder*="verification code" i]',
    'input[autocomplete="one-time-code"]',
  ),
  /** Something to type into, whatever it is for. */
  field: css(
    'input:not([type="hidden"], [type="checkbox"], [type="radio"], [type="submit"], [type="button"], [type="image"])',
    'textarea',
    '[contenteditable="true"]',
  ),
  organisation: css('a[href*="loginWithOrganization"]', '[data-organization-id]', '[data-organisation-id]'),
} as const satisfies Readonly<Record<string, readonly Spelling[]>>;

export type MarkName = keyof typeof MARKS;

/** Frames that hold the sign-in form: the element's id, or its address. */
export const FORM_FRAME = {
  id: 'alibaba-login-box',
  url: /passport\.(aliyun|alibabacloud)\.com\/mini_login|\/mini_login\b/,
};

/** Buttons that may be pressed for the operator, by all of their text. */
export const CONFIRM_BUTTONS: readonly string[] = ['同意', '继续', '确认登录', '同意并继续', 'Agree', 'Continue'];

/** A line of a page that asks for a person. Of short lines alone, so that a footer's prose does not stop a login. */
export const CHALLENGE_TEXT = /按住滑块|拖动滑块|滑动验证|\bverify\b/i;
export const CHALLENGE_URL = /punish/i;
export const SMS_TEXT = /短信验证码|验证码已发送|手机验证|\b(sms|verification) code\b|text message/i;
export const CONSENT_TEXT = /同意|协议|隐私|授权|\b(terms|privacy|consent|authori[sz]e)\b/i;
export const SELECT_ACCOUNT_TEXT =
  /选择账号|继续使用|以.{0,20}身份|\b(continue as|choose an account|select an account)\b/i;
export const LOCKED_TEXT = /锁|冻结|停用|禁用|次数过多|\b(locked|frozen|suspended|disabled|too many)\b/i;
export const WRONG_PASSWORD_TEXT =
  /不正确|错误|不匹配|不存在|有误|^(?!.*(系统|网络|繁忙)).*失败|\b(incorrect|wrong|invalid|(does|did|do) ?n['’o]?t (match|exist)|mismatch|not (exist|found|correct|recogni[sz]ed)|authentication failed|(log|sign) ?-?in failed)\b/i;
/** Of a form that could not look at what it was given. */
export const BUSY_TEXT = /系统|网络|繁忙|稍后|\b(busy|network|unavailable|later)\b/i;
export const LOADING_TEXT = /加载中|正在(跳转|加载|登录)|请稍候|\b(loading|redirecting|please wait|signing in)\b/i;
export const ERROR_PAGE_TEXT =
  /系统繁忙|系统异常|出错了|页面不存在|\b(something went wrong|internal server error|not found|service unavailable|bad gateway)\b/i;
