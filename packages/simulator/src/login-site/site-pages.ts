/** The pages of the site itself, around the form and behind it. */
import { escapeHtml, htmlPage, scriptValue } from './html.js';

/** The sign-in page: the form stands in a frame of another origin. */
export function signInPage(frameUrl: string, formOrigin: string, ramUrl: string): string {
  return htmlPage({
    title: '账号登录',
    body: `<iframe id="alibaba-login-box" src="${escapeHtml(frameUrl)}"></iframe><footer><a id="ram-link" href="${escapeHtml(ramUrl)}">RAM 用户登录</a></footer>`,
    script: `addEventListener('message', (event) => {
  if (event.origin === ${scriptValue(formOrigin)} && typeof event.data?.signedIn === 'string') location.href = event.data.signedIn;
});`,
  });
}

/** The form of a RAM user: the name, then the password. */
export function ramPage(redirect: string): string {
  return htmlPage({
    title: 'RAM 用户登录',
    body: `<h3>RAM 用户登录</h3><div id="login-error" hidden></div>
<div id="step-name"><input id="loginName" name="loginName" placeholder="用户名@默认域名"><button type="button" id="next">下一步</button></div>
<div id="step-password" hidden><input id="loginPassword" name="loginPassword" type="password" placeholder="密码"><button type="button" id="sign-in">登录</button></div>`,
    script: `const redirect = ${scriptValue(redirect)};
const by = (id) => document.getElementById(id);
const fail = (text) => { by('login-error').hidden = false; by('login-error').textContent = text; };
by('next').addEventListener('click', () => {
  if (!by('loginName').value.includes('@')) return fail('登录名不正确');
  by('step-name').hidden = true;
  setTimeout(() => { by('step-password').hidden = false; }, 30);
});
by('sign-in').addEventListener('click', async () => {
  const values = { loginId: by('loginName').value, password: by('loginPassword').value };
  const answer = await (await fetch('/login.htm', { method: 'POST', body: new URLSearchParams(values) })).json();
  if (answer.kind === 'ticket') location.href = redirect + '&ticket=' + answer.ticket;
  else fail(answer.text ?? '系统繁忙');
});`,
  });
}

/** One button that goes on. `popup`: in a window of its own. */
export function confirmPage(options: {
  readonly text: string;
  readonly button: string;
  readonly target: string;
  readonly popup?: boolean;
}): string {
  const go = options.popup === true ? "open(target, '_blank', 'width=500,height=500')" : 'location.href = target';
  return htmlPage({
    title: '授权',
    body: `<p>${escapeHtml(options.text)}</p><button type="button" id="confirm">${escapeHtml(options.button)}</button>`,
    script: `const target = ${scriptValue(options.target)}; document.getElementById('confirm').addEventListener('click', () => { ${go}; });`,
  });
}

/** A page whose only buttons are none that may be pressed for somebody. */
export function termsPage(): string {
  return htmlPage({
    title: '服务协议',
    body: '<p>服务协议与隐私政策已更新，请由本人阅读后签署。</p><button type="button" id="sign">我要在线签署纸质合同</button>',
  });
}

/** Says that it goes on and never does. */
export const WAITING_PAGE = htmlPage({ title: '登录', body: '<p>登录成功，正在跳转…</p>' });
