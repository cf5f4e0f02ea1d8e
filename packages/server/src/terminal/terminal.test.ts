import { describe, expect, it } from 'vitest';
import { languageOf } from './language.js';
import { createStyle, hasColour } from './style.js';

describe('hasColour()', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [undefined, {}, false],
    [true, { TERM: 'dumb' }, false],
    [true, { TERM: 'xterm-256color' }, true],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
    [false, { FORCE_COLOR: '3', TERM: 'dumb' }, true],
  ])('terminal %s with %j - %s', (isTTY, env: Record<string, string>, expected) => {
    expect(hasColour({ isTTY }, env)).toBe(expected);
  });

  it('off - text stays as it is; nothing is never coloured', () => {
    expect(createStyle({ isTTY: false }, {}).red('x')).toBe('x');
    expect(createStyle({ isTTY: true }, {}).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(createStyle({ isTTY: true }, {}).red('')).toBe('');
  });
});

describe('languageOf()', () => {
  it.each([
    [{}, 'en'],
    [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'zh_CN.utf8' }, 'zh-CN'],
    [{ LANG: 'zh_CN' }, 'zh-CN'],
    [{ LANG: 'zh-Hans-CN' }, 'zh-CN'],
    [{ LANG: 'zh' }, 'zh-CN'],
    [{ LANG: 'zh_SG.UTF-8@pinyin' }, 'zh-CN'],
    [{ LANG: 'zh_CN.GB18030' }, 'en'],
    [{ LANG: 'zha_CN.UTF-8' }, 'en'],
    [{ LANG: 'C.UTF-8' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
    [{ LANG: 'zh_CN.UTF-8', LC_MESSAGES: 'en_US.UTF-8' }, 'en'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'en_US.UTF-8', LC_ALL: 'zh_CN.UTF-8' }, 'zh-CN'],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: '' }, 'zh-CN'],
    [{ LC_CTYPE: 'zh_CN.UTF-8' }, 'en'],
  ])('%j - %s', (env: Record<string, string>, expected) => {
    expect(languageOf(env)).toBe(expected);
  });

  it('the system is asked only where nothing is set', () => {
    expect(languageOf({}, () => 'zh-CN')).toBe('zh-CN');
    expect(languageOf({ LANG: 'en_US.UTF-8' }, () => 'zh-CN')).toBe('en');
  });
});
