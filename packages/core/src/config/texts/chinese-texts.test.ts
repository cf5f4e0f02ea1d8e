import { describe, expect, it } from 'vitest';
import { ConfigError, describeSettings, FREQUENT_SETTINGS, loadConfig } from '../index.js';
import { REGISTRY } from '../schema.js';
import { CHINESE_TEXTS } from './chinese-texts.js';

describe('Chinese texts of settings', () => {
  it('every setting has one, wherever English has one: add the missing rows to chinese-texts.ts', () => {
    const missing = REGISTRY.flatMap(({ path, setting }) =>
      (['doc', 'defaultDoc', 'hint', 'notUsedYet'] as const)
        .filter((what) => setting[what] !== undefined && !/\p{Script=Han}/u.test(CHINESE_TEXTS[path]?.[what] ?? ''))
        .map((what) => `${path}: ${what} of ${JSON.stringify(setting[what])}`),
    );
    expect(missing).toEqual([]);
  });

  it('none speaks of what is not there', () => {
    const superfluous = Object.entries(CHINESE_TEXTS).flatMap(([path, text]) => {
      const entry = REGISTRY.find((candidate) => candidate.path === path);
      return Object.keys(text)
        .filter((what) => entry?.setting[what as 'doc'] === undefined)
        .map((what) => `${path}: ${what}`);
    });
    expect(superfluous).toEqual([]);
  });

  it('names in backquotes, numbers and flags are those of the English text', () => {
    const marks = (text: string): string[] => [...new Set(text.match(/`[^`]+`|--[a-z-]+|\b\d{3}\b/g) ?? [])].sort();
    const different = REGISTRY.filter(({ path, setting }) => {
      const chinese = CHINESE_TEXTS[path];
      return chinese !== undefined && marks(chinese.doc).join() !== marks(setting.doc).join();
    });
    expect(different.map(({ path }) => path)).toEqual([]);
  });

  it('rows - the same but for their texts', () => {
    const withoutTexts = (language: 'en' | 'zh-CN') =>
      describeSettings(language).map(({ doc: _, defaultDoc: __, notUsedYet: ___, ...row }) => row);
    expect(withoutTexts('zh-CN')).toEqual(withoutTexts('en'));
    const port = describeSettings('zh-CN').find(({ path }) => path === 'server.port');
    expect(port?.doc).toBe('监听端口；0 表示任选一个空闲端口。');
  });
});

describe('loadConfig() - in Chinese', () => {
  it('problems, their origins and hints', () => {
    const messageOf = (sources: Parameters<typeof loadConfig>[0]): string => {
      try {
        loadConfig({ ...sources, language: 'zh-CN' });
        return '';
      } catch (error) {
        if (error instanceof ConfigError) return error.message;
        throw error;
      }
    };
    const wrong = messageOf({
      env: { LINGMA_GATEWAY_PORT: 'abc' },
      flags: { prot: '1' },
      file: { name: 'a.json', text: '{"servre":{}}' },
    });
    expect(wrong).toContain('server.port (环境变量 LINGMA_GATEWAY_PORT)');
    expect(wrong).toContain('实际是 "abc"');
    expect(wrong).toContain('提示：0 到 65535 之间的整数');
    expect(wrong).toContain('--prot (参数 --prot): 未知参数\n  提示：是不是想写 --port？');
    expect(wrong).toContain('servre (文件 a.json): 未知的配置段\n  提示：是不是想写 server？');
    expect(messageOf({ flags: { host: '0.0.0.0' } })).toContain('没有设置客户端密钥');
  });

  it.each([
    ['port', 'abc', '应为数字，实际是 "abc"'],
    ['port', '99999', '不能大于 65535，实际是 99999'],
    ['port', '1.5', '应为整数，实际是 1.5'],
    ['port', '-1', '不能小于 0，实际是 -1'],
    ['mode', 'lol', '应为 "chat"、"agent" 之一，实际是 "lol"'],
    ['host', '', '至少要有 1 个字符，实际是 ""'],
    ['ws-url', 'x', '不是合法的网址，实际是 "x"'],
    ['demo', 'maybe', '应为 true 或 false，实际是 "maybe"'],
  ])('--%s %s - %s, without a word of English', (flag, value, said) => {
    expect(() => loadConfig({ flags: { [flag]: value }, language: 'zh-CN' })).toThrow(said);
  });

  it('warnings', () => {
    const { warnings } = loadConfig({
      language: 'zh-CN',
      env: {
        PORT: '1',
        LINGMA_ACCOUNTS: 'a:b',
        LINGMA_PROXY_BACKEND: 'x',
        LINGMA_GATEWAY_PROT: '2',
        LINGMA_INSTANCE_COUNT: '?',
      },
    });
    const messages = warnings.map(({ message }) => message);
    expect(messages).toHaveLength(6);
    for (const message of messages) expect(message).toMatch(/\p{Script=Han}/u);
  });
});

describe('the settings shown first', () => {
  it('exist, and each has a flag', () => {
    const rows = describeSettings();
    expect(FREQUENT_SETTINGS.filter((path) => rows.find((row) => row.path === path)?.flag === undefined)).toEqual([]);
  });
});
