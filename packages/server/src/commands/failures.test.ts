/** What `keys`, `usage`, `channels` and `import` fail with, told in the language of whoever runs them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runMain } from '../main.js';
import { createTerminal } from '../terminal/terminal.js';

let home: string;
let server: Server | undefined;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'command-failures-'));
});
afterEach(async () => {
  rmSync(home, { recursive: true, force: true });
  const running = server;
  server = undefined;
  if (running !== undefined) await new Promise((resolve) => running.close(resolve));
});

const LANGUAGES = { english: 'en_US.UTF-8', chinese: 'zh_CN.UTF-8' } as const;

async function run(words: readonly string[], language: keyof typeof LANGUAGES) {
  let stderr = '';
  const terminal = createTerminal({
    env: { HOME: home, USERPROFILE: home, LANG: LANGUAGES[language] },
    stdout: { write: () => undefined },
    stderr: {
      write: (text) => {
        stderr += text;
      },
    },
  });
  return { code: await runMain(words, terminal), stderr: stderr.trim() };
}

const both = async (words: readonly string[]) => {
  const [english, chinese] = [await run(words, 'english'), await run(words, 'chinese')];
  expect(chinese.code).toBe(english.code);
  return { code: english.code, english: english.stderr, chinese: chinese.stderr };
};
/** Names, numbers and signs are the same in both languages; a sentence of English is not. */
const SENTENCE = /[a-z]{2,} [a-z]{2,} [a-z]{2,}/i;

describe('keys and usage', () => {
  const data = () => join(home, 'data');
  const inFolder = (...words: string[]) => [...words, '--data-dir', data()];

  it.each([
    [['keys', 'disable', 'nobody'], 1, 'There is no key "nobody"', '没有运行时创建的密钥“nobody”'],
    [['keys', 'rotate', 'nobody'], 1, 'There is no key "nobody"', '没有运行时创建的密钥“nobody”'],
    [['keys', 'add', 'taken'], 1, 'There is a key named taken', '已有名为 taken 的密钥'],
    [['keys', 'add', 'admin'], 2, 'name: this name is taken', '名字最多 64 个字符'],
    [['keys', 'add', 'a', '--quota', 'many'], 2, 'quota.tokens: ', '--quota 须为正整数'],
    [['keys', 'add', 'a', '--quota', '5', '--period', 'week'], 2, 'quota.period: ', '--period 只能是'],
    [['keys', 'add', 'a', '--expires', 'soon'], 2, 'expires_at: ', '--expires 须为日期'],
    [['keys', 'add', 'a', '--subnets', '10.0.0.0/99'], 2, 'subnets.0: ', '--subnets 须为地址或网段'],
    [['keys', 'add', 'a', '--endpoints', 'chess'], 2, 'endpoints.0: ', '--endpoints 只能是'],
    [['keys', 'add', 'a', '--models', ','], 2, 'models.0: ', '--models 不能为空'],
    [['usage', '--group', 'moon'], 2, '--group is one of day, key', '--group 只能是'],
    [['usage', '--from', 'yesterday'], 2, '--from is a day', '--from 须为日期'],
  ] as const)('%j - exit code %i', async (words, code, english, chinese) => {
    await run(inFolder('keys', 'add', 'taken'), 'english');
    const told = await both(inFolder(...words));
    expect(told).toEqual({
      code,
      english: expect.stringContaining(english),
      chinese: expect.stringContaining(chinese),
    });
    expect(told.chinese).not.toMatch(SENTENCE);
  });

  it.each([
    ['keys.json', '{', 'keys.json of the data folder'],
    ['version', '999\n', 'later version'],
  ])(
    'a folder whose %s cannot be used - told as the folder, not as a Lingma that is missing',
    async (name, text, reason) => {
      mkdirSync(data());
      writeFileSync(join(data(), name), text);
      for (const words of [['keys'], ...(name === 'version' ? [['usage']] : [])]) {
        const { code, english, chinese } = await both(inFolder(...words));
        expect([code, english]).toEqual([1, expect.stringContaining(reason)]);
        expect(chinese).toMatch(/^数据目录无法使用：/);
        expect(chinese).not.toContain('灵码');
      }
    },
  );
});

describe('import', () => {
  it('a file that is no database, or not one of One API - said so', async () => {
    const file = join(home, 'one-api.db');
    writeFileSync(file, 'no database at all, but a text that is long enough to look at');
    const { code, english, chinese } = await both(['import', 'one-api', file, '--data-dir', join(home, 'data')]);
    expect(english).toMatch(/cannot be read as a database of One API|needs Node 22\.13/);
    expect(chinese).toMatch(/无法作为 One API 的数据库读取|需要 Node 22\.13/);
    expect(code).toBe(english.includes('needs Node') ? 2 : 1);
  });
});

describe('channels', () => {
  /** A gateway as far as the command asks it. */
  const listens = async (answers: Readonly<Record<string, readonly [number, object]>>): Promise<string> => {
    const started = createServer((request, response) => {
      const [status, body] = answers[request.url ?? ''] ?? [404, { error: { code: 'not_found', message: 'no' } }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return String((started.address() as AddressInfo).port);
  };
  const NAMED = { '/': [200, { name: 'lingma-gateway' }] } as const;
  const refuses = (status: number, code: string) => [status, { error: { code, message: 'In English alone' } }] as const;

  it('the gateway lets nobody in, or has no token - what to set', async () => {
    for (const [code, status, english, chinese] of [
      ['invalid_api_key', 401, 'wants its admin token', '需要管理令牌'],
      ['admin_disabled', 503, 'has no admin token', '没有管理令牌'],
    ] as const) {
      const port = await listens({ ...NAMED, '/internal/channels': refuses(status, code) });
      const told = await both(['channels', '--port', port]);
      expect(told).toEqual({
        code: 1,
        english: expect.stringContaining(english),
        chinese: expect.stringContaining(chinese),
      });
      expect(told.chinese).not.toMatch(SENTENCE);
      await new Promise((resolve) => server?.close(resolve));
    }
    server = undefined;
  });

  it('a channel that is not there, a test without a model, one that fails - and nothing of Lingma', async () => {
    const port = await listens({
      ...NAMED,
      '/internal/channels': [200, { channels: [{ name: 'a' }, { name: 'b' }] }],
      '/internal/channels/a/test': refuses(400, 'invalid_request'),
      '/internal/channels/b/test': [200, { ok: false, ms: 3, status: 502, model: 'glm-5', error: '坏了' }],
    });
    for (const [words, english, chinese] of [
      [['enable', 'c'], 'There is no channel "c"; there are: a, b', '没有渠道“c”，现有的渠道：a, b'],
      [['test', 'a'], 'a lists none', 'a 没有列出任何模型'],
      [['test', 'b'], 'b does not answer for glm-5 (HTTP 502): 坏了', '坏了'],
    ] as const) {
      const told = await both(['channels', ...words, '--port', port]);
      expect(told).toEqual({
        code: 1,
        english: expect.stringContaining(english),
        chinese: expect.stringContaining(chinese),
      });
      expect(told.chinese).not.toMatch(SENTENCE);
      expect(told.chinese).not.toContain('灵码');
    }
  });

  it('no gateway there - where it was looked for', async () => {
    const { english, chinese } = await both(['channels', '--port', '1']);
    expect(english).toContain('No gateway answers at http://127.0.0.1:1');
    expect(chinese).toMatch(/^http:\/\/127\.0\.0\.1:1 上没有网关在运行/);
  });
});
