/** The sign-in form that other pages hold in a frame, and what its script does with an answer. */
import { htmlPage, scriptValue } from './html.js';

export interface FormWords {
  readonly title: string;
  readonly scan: string;
  readonly account: string;
  readonly submit: string;
}

const CHINESE: FormWords = { title: '登录', scan: '扫码登录', account: '账号登录', submit: '登录' };
const ENGLISH: FormWords = { title: 'Sign in', scan: 'QR code', account: 'Password', submit: 'Sign in' };

const fields = ({ submit }: FormWords): string => `<div id="login-form" hidden>
<div class="fm-error" id="fm-error" hidden></div>
<input id="fm-login-id" name="fm-login-id" autocomplete="off"><input id="fm-login-password" name="fm-login-password" type="password">
<div id="challenge"></div>
<div class="fm-btn"><button type="button" class="fm-button fm-submit password-login">${submit}</button></div></div>
<div id="sms" hidden><p>短信验证码已发送</p><input id="fm-smscode" name="fm-smscode" placeholder="请输入短信验证码"><button type="button" id="sms-submit">确定</button></div>`;

/** The page of the frame: the code to scan first, the account second. */
export function formPage(
  redirect: string,
  options: { readonly english?: boolean; readonly open?: boolean } = {},
): string {
  const words = options.english === true ? ENGLISH : CHINESE;
  const tabs = `<div class="tabs"><div class="tabs-item active">${words.scan}</div><div class="tabs-item">${words.account}</div></div><div class="qr"></div>`;
  return htmlPage({
    title: words.title,
    frame: options.open !== true,
    ...(options.english === true ? { language: 'en' } : {}),
    body: `${options.open === true ? '' : tabs}${fields(words)}`,
    script: formScript(redirect, options.open === true),
  });
}

/** The same sense in a markup that nobody has seen before. */
export function changedFormPage(): string {
  return htmlPage({
    title: '登录',
    frame: true,
    body: `<p>欢迎使用新版</p><section class="x1"><div class="x2" contenteditable="true" role="textbox"></div>
<div class="x3" contenteditable="true" role="textbox"></div><div class="x4" role="link">进入</div></section>`,
  });
}

function formScript(redirect: string, open: boolean): string {
  return `const redirect = ${scriptValue(redirect)};
const by = (id) => document.getElementById(id);
const show = () => { document.querySelector('.qr')?.remove(); by('login-form').hidden = false; };
const tabs = document.querySelectorAll('.tabs-item');
tabs[1]?.addEventListener('click', () => { tabs[0].classList.remove('active'); tabs[1].classList.add('active'); setTimeout(show, 30); });
${open ? 'show();' : ''}
const finish = (ticket) => {
  const target = redirect + (redirect.includes('?') ? '&' : '?') + 'ticket=' + ticket;
  if (parent === window) location.href = target; else parent.postMessage({ signedIn: target }, '*');
};
const send = async (path, values) => {
  const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(values) });
  take(await answer.json());
};
const credentials = () => ({ loginId: by('fm-login-id').value, password: by('fm-login-password').value });
const take = (answer) => {
  if (answer.kind === 'ticket') return finish(answer.ticket);
  by('fm-error').hidden = answer.kind !== 'error';
  by('fm-error').textContent = answer.text ?? '';
  if (answer.kind === 'sms') { for (const part of document.querySelectorAll('.tabs, #login-form')) part.hidden = true; by('sms').hidden = false; }
  if (answer.kind !== 'slider' || by('nc_1_n1z') !== null) return;
  by('challenge').innerHTML = '<div class="nc-container"><span id="nc_1_n1z">&gt;&gt;</span> 请按住滑块，拖动到最右边</div>';
  if (!answer.person) return;
  const button = document.createElement('button');
  button.id = 'person-passes';
  button.type = 'button';
  button.textContent = '我已完成 (a person presses this)';
  button.addEventListener('click', () => send('/newlogin/person.do', credentials()));
  by('challenge').append(button);
};
document.querySelector('.password-login').addEventListener('click', () => send('/newlogin/login.do', credentials()));
by('sms-submit').addEventListener('click', () => send('/newlogin/sms.do', { ...credentials(), code: by('fm-smscode').value }));`;
}
