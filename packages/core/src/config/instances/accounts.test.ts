import { describe, expect, it } from 'vitest';
import { Secret } from '../../util/index.js';
import { type AccountConfig, ConfigError, type ConfigSources, effectiveConfig, loadConfig } from '../index.js';

const CANARY = 'hunter2';

const accountsIn = (written: string) => loadConfig({ env: { LINGMA_ACCOUNTS: written } }).config.lingma.accounts;

/** What is in it, secrets too. */
const revealed = (account: AccountConfig) =>
  Object.fromEntries(
    Object.entries(account).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );

function problemOf(sources: ConfigSources): string {
  try {
    loadConfig(sources);
    return 'none';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe('accounts', () => {
  it.each<[string, string, object[]]>([
    [
      'pairs',
      'u1:p1,u2:p2',
      [
        { username: 'u1', password: 'p1' },
        { username: 'u2', password: 'p2' },
      ],
    ],
    [
      'line ends and blanks',
      ' u1 : p1 \r\n\n u2:p2,\n',
      [
        { username: 'u1', password: 'p1' },
        { username: 'u2', password: 'p2' },
      ],
    ],
    ['a password with colons', 'u:p:with:colon', [{ username: 'u', password: 'p:with:colon' }]],
    ['JSON', '[{"username":"u","password":"p,:\\n"}]', [{ username: 'u', password: 'p,:\n' }]],
    ['a bundle alone', '[{"session_bundle":"H4sI"}]', [{ sessionBundle: 'H4sI' }]],
    ['a bundle file, in camel case', '[{"sessionBundleFile":"/b"}]', [{ sessionBundleFile: '/b' }]],
    ['a token and its user', '[{"personal_token":"t","user_id":"7"}]', [{ personalToken: 't', userId: '7' }]],
    [
      'access keys',
      '[{"accessKey":"a","secret_key":"s","org_id":"o"}]',
      [{ accessKey: 'a', secretKey: 's', orgId: 'o' }],
    ],
    ['a Lingma that runs', '[{"url":"ws://127.0.0.1:1/","weight":0.5}]', [{ url: 'ws://127.0.0.1:1/', weight: 0.5 }]],
    ['one object', '{"username":"u","password":"p"}', [{ username: 'u', password: 'p' }]],
    [
      'all that belongs to an instance',
      '[{"username":"u","password":"p","name":"blue-1","weight":3,"work_dir":"/w","dedicated_domain_url":"https://a.example"}]',
      [
        {
          username: 'u',
          password: 'p',
          name: 'blue-1',
          weight: 3,
          workDir: '/w',
          dedicatedDomainUrl: 'https://a.example',
        },
      ],
    ],
    [
      'members without a value',
      '[{"username":"u","password":"p","session_bundle":"","name":null}]',
      [{ username: 'u', password: 'p' }],
    ],
    ['numbers', '[{"personalToken":"t","userId":1700123}]', [{ personalToken: 't', userId: '1700123' }]],
    ['pairs within JSON', '["u:p"]', [{ username: 'u', password: 'p' }]],
    ['none', ' , \n ', []],
  ])('%s', (_, written, expected) => {
    expect(accountsIn(written).map(revealed)).toEqual(expected);
  });

  it.each([
    ['u1:p1,hunter2', 'entry 2 must be user:password'],
    [':hunter2', 'entry 1 must be user:password'],
    ['hunter2:', 'entry 1 must be user:password'],
    ['[{"username":"hunter2"}]', 'entry 1 needs username and password'],
    ['[{"username":"u","password":"p"},{"personalToken":"hunter2"}]', 'entry 2 needs username and password'],
    ['[{"username":"hunter2"', 'is not valid JSON'],
    ['[{"hunter2":"x","username":"u","password":"p"}]', 'entry 1 has a member that is not known'],
    ['[{"usernme":"u","password":"hunter2"}]', 'did you mean username?'],
    ['[["hunter2"]]', 'entry 1 must be an object, or user:password'],
    ['[{"username":"hunter2","password":["hunter2"]}]', 'entry 1 password:'],
    ['[{"username":"u","password":"p","name":"Hunter2 hunter2"}]', 'entry 1 name:'],
    ['[{"url":"http://hunter2/"}]', 'entry 1 url:'],
    ['[{"username":"u","password":"p","weight":0}]', 'entry 1 weight:'],
    ['a,u:p,b', 'entry 1 must be user:password; entry 3 must be user:password'],
  ])('%s - refused with its place, never with what stands there', (written, said) => {
    for (const language of ['en', 'zh-CN'] as const) {
      const problem = problemOf({ env: { LINGMA_ACCOUNTS: written }, language });
      expect(problem).toContain('LINGMA_ACCOUNTS');
      expect(problem).not.toContain(CANARY);
      if (language === 'en') expect(problem).toContain(said);
      else expect(problem).toMatch(/第 \d 项|JSON/);
    }
  });

  it('as many as there may be instances, and no more', () => {
    const pairs = (count: number): string => Array.from({ length: count }, (_, index) => `u${index}:p`).join(',');
    expect(accountsIn(pairs(256))).toHaveLength(256);
    expect(problemOf({ env: { LINGMA_ACCOUNTS: pairs(257) } })).toContain('must have no more than 256 entries');
  });

  it('the file - a list of objects, or the text of the environment', () => {
    const read = (accounts: unknown) =>
      loadConfig({ file: { name: 'a.json', text: JSON.stringify({ lingma: { accounts } }) } }).config.lingma.accounts;
    expect(read([{ username: 'u', password: 'p' }]).map(revealed)).toEqual([{ username: 'u', password: 'p' }]);
    expect(read('u:p').map(revealed)).toEqual([{ username: 'u', password: 'p' }]);
    expect(() => read({ username: 'u' })).toThrow('must be a list');
  });

  it('are shown nowhere, user names no more than passwords', () => {
    const written = `[{"username":"${CANARY}","password":"${CANARY}","sessionBundle":"${CANARY}","userId":"${CANARY}"}]`;
    const loaded = loadConfig({ env: { LINGMA_ACCOUNTS: written, LINGMA_USERNAME: CANARY, LINGMA_PASSWORD: CANARY } });
    expect(JSON.stringify(loaded) + JSON.stringify(effectiveConfig(loaded))).not.toContain(CANARY);
    expect(effectiveConfig(loaded).find(({ path }) => path === 'lingma.accounts')?.value).toEqual(['***']);
  });
});

describe('attached instances', () => {
  const read = (written: string) => loadConfig({ env: { LINGMA_GATEWAY_INSTANCES: written } }).config.lingma.instances;

  it('one address each, with a name and a weight if wanted', () => {
    expect(read('[{"ws_url":"ws://127.0.0.1:1/","name":"a","weight":2},{"pipe":"/p"},{"infoFile":"/i"}]')).toEqual([
      { wsUrl: 'ws://127.0.0.1:1/', name: 'a', weight: 2 },
      { pipe: '/p' },
      { infoFile: '/i' },
    ]);
  });

  it.each([
    ['[{}]', 'entry 1 needs one of wsUrl, pipe and infoFile'],
    ['[{"pipe":"/p","infoFile":"/i"}]', 'entry 1 needs one of'],
    ['["/p"]', 'entry 1 must be an object'],
    ['[{"pipe":"/p","wieght":1}]', 'did you mean weight?'],
    ['[{"wsUrl":"http://x/"}]', 'entry 1 wsUrl:'],
    ['[', 'is not valid JSON'],
  ])('%s - %s', (written, said) => {
    expect(() => read(written)).toThrow(said);
  });

  it('an address with a password - shown without it', () => {
    const instances = '[{"wsUrl":"ws://me:hunter2@127.0.0.1:1/x"}]';
    const loaded = loadConfig({ env: { LINGMA_GATEWAY_INSTANCES: instances } });
    expect(effectiveConfig(loaded).find(({ path }) => path === 'lingma.instances')?.value).toEqual([
      { wsUrl: 'ws://***@127.0.0.1:1/x' },
    ]);
  });
});
