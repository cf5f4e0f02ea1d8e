import { describe, expect, it } from 'vitest';
import { shownUrl, withoutSecrets } from './redact.js';

describe('withoutSecrets()', () => {
  it.each([
    ['token pt-abc123DEF expired', 'token pt-*** expired'],
    ['{"token":"abc","refreshToken" : "x\\"y","name":"me"}', '{"token":"***","refreshToken" : "***","name":"me"}'],
    ['{"apiKey":"sk-1","api_key":"sk-2","expireTime":5}', '{"apiKey":"***","api_key":"***","expireTime":5}'],
    ['Authorization: Bearer abcdefghijk', 'Authorization: Bearer ***'],
    ['no such session rt-', 'no such session rt-'],
    ['', ''],
  ])('%s', (text, shown) => expect(withoutSecrets(text)).toBe(shown));

  it('hides a secret that the cut has left without its end', () => {
    const shown = withoutSecrets(`{"data":"${'x'.repeat(470)}","token":"${'s'.repeat(100)}"}`);
    expect(shown).not.toContain('sss');
    expect(shown.length).toBeLessThan(510);
  });
});

describe('shownUrl()', () => {
  it.each([
    ['ws://127.0.0.1:36510/', 'ws://127.0.0.1:36510/'],
    ['ws://me:secret@127.0.0.1:36510/ws?token=secret#x', 'ws://127.0.0.1:36510/ws'],
    ['not a url', 'not a url'],
  ])('%s', (url, shown) => expect(shownUrl(url)).toBe(shown));
});
