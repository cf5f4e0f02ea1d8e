import { describe, expect, it } from 'vitest';
import { ConfigError, effectiveConfig, loadConfig } from './index.js';
import { isPlaceholder } from './secret-rules.js';

const auth = (members: object) => ({ name: 'a.json', text: JSON.stringify({ auth: members }) });

function problemsOf(sources: Parameters<typeof loadConfig>[0]): readonly string[] {
  try {
    loadConfig(sources);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ subject, message }) => `${subject}: ${message}`);
    throw error;
  }
}

describe('blank secrets', () => {
  it.each([
    ['auth.clientKeys', { env: { API_KEYS: ' , , ' } }],
    ['auth.clientKeys', { env: { LINGMA_GATEWAY_API_KEYS: '  ' } }],
    ['auth.clientKeys', { env: { API_KEYS: ',' } }],
    ['auth.clientKeys', { flags: { 'api-keys': ' ' } }],
    ['auth.clientKeys', { file: auth({ clientKeys: ['fine', ' '] }) }],
    ['auth.clientKeys', { file: auth({ clientKeys: ',' }) }],
    ['auth.adminToken', { env: { ADMIN_TOKEN: ' ' } }],
    ['auth.adminToken', { flags: { 'admin-token': '' } }],
    ['auth.adminToken', { file: auth({ adminToken: '\t' }) }],
    ['auth.metricsToken', { env: { METRICS_TOKEN: '\n ' } }],
    ['auth.keys', { file: auth({ keys: [{ name: 'alice', key: ' ' }] }) }],
    ['auth.keys', { env: { LINGMA_GATEWAY_NAMED_KEYS: ' ' } }],
  ])('%s - %j is refused', (path, sources) => {
    expect(problemsOf(sources)).toEqual([expect.stringMatching(new RegExp(`^${path}: `))]);
    expect(problemsOf({ ...sources, language: 'zh-CN' })[0]).toMatch(/\p{Script=Han}/u);
  });

  it('an empty variable - is as good as absent', () => {
    const { config } = loadConfig({ env: { API_KEYS: '', ADMIN_TOKEN: '', METRICS_TOKEN: '' } });
    expect(config.auth).toEqual({ clientKeys: [], keys: [], metricsPublic: false });
  });

  it('blanks around a secret - are none of it', () => {
    const { config } = loadConfig({ file: auth({ clientKeys: [' one '], adminToken: ' two' }) });
    expect(config.auth.clientKeys.map((key) => key.reveal())).toEqual(['one']);
    expect(config.auth.adminToken?.reveal()).toBe('two');
  });
});

describe('placeholders', () => {
  it.each([
    'sk-your-api-key',
    'changeme',
    'your-api-key',
    'xxx',
    'CHANGE_ME',
    'sk-xxxxxxxx',
    '<your admin token>',
    'your_secret_key_here',
    'your-metrics-token',
    'replace-me',
  ])('%s - is one', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  it.each(['k', 'key-one', 'sk-9f8e7d', 'xx', 'yourself', 'my-key', 'max', 'team-key', 'exchange-menu'])(
    '%s - is none',
    (text) => {
      expect(isPlaceholder(text)).toBe(false);
    },
  );

  const real = { clientKeys: ['real'] };
  it.each([
    ['auth.clientKeys', { clientKeys: ['real', 'changeme'] }],
    ['auth.keys', { ...real, keys: [{ name: 'alice', key: 'sk-your-api-key' }] }],
    ['auth.adminToken', { ...real, adminToken: 'XXX' }],
    ['auth.metricsToken', { ...real, metricsToken: 'your-api-key' }],
  ])('%s - %j: a warning on loopback, refused beyond it', (path, members) => {
    const file = auth(members);
    const { warnings } = loadConfig({ file });
    expect(warnings).toEqual([{ subject: path, message: expect.stringContaining('placeholder') }]);
    expect(problemsOf({ file, flags: { host: '0.0.0.0' } })).toEqual([
      expect.stringMatching(new RegExp(`^${path}: .*placeholder`)),
    ]);
    expect(problemsOf({ file, flags: { host: '0.0.0.0' }, language: 'zh-CN' })[0]).toContain('占位');
  });
});

describe('auth.keys', () => {
  const sha256 = 'AB'.repeat(32);
  it('a list in the file, or as JSON in the variable', () => {
    const keys = [
      { name: 'alice', key: 'a-key', limits: { requestsPerMinute: 60, maxParallel: 4, tokensPerDay: 1_000_000 } },
      { name: 'bob@team', sha256, models: ['qwen*'], disabled: true },
    ];
    const text = JSON.stringify(keys);
    for (const loaded of [
      loadConfig({ file: auth({ keys }) }),
      loadConfig({ env: { LINGMA_GATEWAY_NAMED_KEYS: text } }),
    ]) {
      const [alice, bob] = loaded.config.auth.keys;
      expect(alice?.key?.reveal()).toBe('a-key');
      expect({ ...alice, key: undefined }).toEqual({ ...keys[0], key: undefined });
      expect(bob).toEqual(keys[1]);
      expect(JSON.stringify(effectiveConfig(loaded))).not.toMatch(/a-key|abab/i);
    }
  });

  it('keys with names alone - are enough to listen beyond loopback', () => {
    const keys = [{ name: 'alice', key: 'a-key' }];
    expect(problemsOf({ file: auth({ keys }), flags: { host: '0.0.0.0' } })).toEqual([]);
  });

  const named = (more: object) => [{ name: 'alice', key: 'sk-hidden', ...more }];
  it.each([
    ['no name', [{ key: 'sk-hidden' }]],
    ['a name with blanks', named({ name: 'a b' })],
    ['a name of the gateway', named({ name: 'Anonymous' })],
    ['a name that looks like a hash', named({ name: '0123456789abcdef' })],
    ['neither key nor hash', [{ name: 'alice' }]],
    ['both', named({ sha256 })],
    ['a hash that is none', [{ name: 'alice', sha256: 'abc' }]],
    ['a limit of none', named({ limits: { tokensPerDay: 0 } })],
    ['a limit by another name', named({ limits: { perMinute: 1 } })],
    ['a member by another name', named({ modls: ['x'] })],
    ['no models', named({ models: [] })],
    ['one name twice', [...named({}), ...named({ key: 'sk-hidden-2' })]],
    ['one key twice', [...named({}), ...named({ name: 'bob' })]],
    ['no list', { alice: 'sk-hidden' }],
    ['a text that is no list', 'sk-hidden'],
  ])('%s - is refused, and the key is not told', (_, keys) => {
    const problems = problemsOf({ file: auth({ keys }) });
    expect(problems).toEqual([expect.stringMatching(/^auth\.keys: /)]);
    expect(problems.join()).not.toMatch(/hidden|ABAB/);
    const [chinese = ''] = problemsOf({ file: auth({ keys }), language: 'zh-CN' });
    expect(chinese.slice('auth.keys: '.length)).toMatch(/^.{0,12}\p{Script=Han}/u);
  });
});

describe('admission', () => {
  it.each(['0', '-1', '-20'])('GATEWAY_MAX_IN_FLIGHT=%s - no limit', (text) => {
    expect(loadConfig({ env: { GATEWAY_MAX_IN_FLIGHT: text } }).config.admission.maxInFlight).toBe(0);
  });

  it.each([
    ['0', 0],
    ['-3', 0],
    ['1.5', 1_500],
  ])('GATEWAY_QUEUE_TIMEOUT_SEC=%s - %d ms', (text, ms) => {
    expect(loadConfig({ env: { GATEWAY_QUEUE_TIMEOUT_SEC: text } }).config.admission.queueTimeoutMs).toBe(ms);
  });
});
