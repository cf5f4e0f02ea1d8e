/** Pieces that all pages of the login site are made of. */

/** Text as it may stand in HTML and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A value as it may stand in a script element. */
export function scriptValue(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 0; background: #f4f6fa; color: #1b2430 }
header { background: #fff; padding: 14px 32px; border-bottom: 1px solid #dfe4ec; font-weight: 600 }
main { width: 400px; margin: 40px auto; background: #fff; padding: 28px 32px; border-radius: 8px; box-shadow: 0 1px 6px #0001 }
body.frame { background: #fff } main.frame { margin: 0; width: auto; box-shadow: none; padding: 4px 0 }
iframe { border: 0; width: 100%; height: 340px }
input { display: block; width: 100%; box-sizing: border-box; padding: 9px; margin: 10px 0; border: 1px solid #c9d1dd; border-radius: 4px; font: inherit }
button { width: 100%; margin-top: 10px; padding: 10px; border: 0; border-radius: 4px; background: #2b6de8; color: #fff; font: inherit; cursor: pointer }
.tabs { display: flex; gap: 24px; border-bottom: 1px solid #dfe4ec; margin-bottom: 16px }
.tabs-item { padding: 6px 0; cursor: pointer } .tabs-item.active { border-bottom: 2px solid #2b6de8 }
.qr { width: 140px; height: 140px; margin: 16px auto; background: repeating-conic-gradient(#1b2430 0 25%, #fff 0 50%) 50% / 20px 20px }
.fm-error, #login-error { color: #c2273d } [hidden] { display: none !important }
.nc-container { background: #eef1f6; padding: 8px; margin: 10px 0; border-radius: 4px }
#nc_1_n1z { display: inline-block; width: 34px; height: 30px; background: #fff; border: 1px solid #c9d1dd; text-align: center }
footer { text-align: center; color: #7a8699; font-size: 13px }`;

/** Tells the site of every letter typed: a password in a wrong page counts, sent or not. */
const TYPED_REPORT = `addEventListener('input', (event) => navigator.sendBeacon('/typed', JSON.stringify({
  page: location.pathname, field: event.target.id || event.target.name, value: String(event.target.value) })), true);`;

/** A whole page. `script` runs at its end. */
export function htmlPage(page: {
  readonly title: string;
  readonly body: string;
  readonly script?: string;
  readonly frame?: boolean;
  readonly language?: string;
}): string {
  const header = page.frame === true ? '' : '<header>Lingma simulator · account</header>';
  return `<!doctype html><html lang="${page.language ?? 'zh-CN'}"><head><meta charset="utf-8"><title>${escapeHtml(page.title)}</title><style>${STYLE}</style></head>
<body${page.frame === true ? ' class="frame"' : ''}>${header}<main${page.frame === true ? ' class="frame"' : ''}>${page.body}</main>
<script>${TYPED_REPORT}\n${page.script ?? ''}</script></body></html>`;
}
