import { describe, expect, it } from 'vitest';
import { type ConfigError, type ConfigSources, INSTANCE_SETTINGS, loadConfig, reloadConfig } from './index.js';
import { REGISTRY } from './schema.js';

const reload = (from: ConfigSources['env'], to: ConfigSources['env'], options?: Parameters<typeof reloadConfig>[2]) =>
  reloadConfig(loadConfig({ env: from ?? {} }), loadConfig({ env: to ?? {} }), options);

const A_KEY = { API_KEYS: 'sk-one-of-ours' };

describe('reloadConfig()', () => {
  it('what counts at once - is in effect, with where it comes from', () => {
    const { config, origins, changed, needsRestart } = reload(
      { LOG_LEVEL: 'info' },
      { LOG_LEVEL: 'debug', ADMIN_TOKEN: 'a-token-of-ours', LINGMA_GATEWAY_MAX_IN_FLIGHT: '3' },
    );
    expect(changed).toEqual(['server.logLevel', 'auth.adminToken', 'admission.maxInFlight']);
    expect(needsRestart).toEqual([]);
    expect(config.server.logLevel).toBe('debug');
    expect(config.auth.adminToken?.reveal()).toBe('a-token-of-ours');
    expect(origins['admission.maxInFlight']).toMatchObject({ name: 'LINGMA_GATEWAY_MAX_IN_FLIGHT' });
  });

  it('what does not - stays as it was, and is told again each time', () => {
    const first = loadConfig({ env: { PORT: '9001', LOG_LEVEL: 'info' } });
    const next = loadConfig({ env: { PORT: '9002', LOG_LEVEL: 'error' } });
    const once = reloadConfig(first, next);
    expect(once).toMatchObject({ changed: ['server.logLevel'], needsRestart: ['server.port'] });
    expect(once.config.server).toMatchObject({ port: 9001, logLevel: 'error' });
    expect(reloadConfig(once, next)).toMatchObject({ changed: [], needsRestart: ['server.port'] });
  });

  it('nothing changed - the same sections, though secrets are other objects', () => {
    const env = { ...A_KEY, LINGMA_GATEWAY_NAMED_KEYS: '[{"name":"a","key":"sk-another"}]', LINGMA_ACCOUNTS: 'u:p' };
    const current = loadConfig({ env });
    const { config, changed, needsRestart } = reloadConfig(current, loadConfig({ env }));
    expect({ changed, needsRestart }).toEqual({ changed: [], needsRestart: [] });
    expect(config.auth).toBe(current.config.auth);
    expect(config.lingma).toBe(current.config.lingma);
  });

  const secrets: readonly (readonly [string, string, string, string])[] = [
    ['a key', 'API_KEYS', 'sk-one-of-ours', 'sk-two-of-ours'],
    ['one key more', 'API_KEYS', 'sk-one-of-ours', 'sk-one-of-ours,sk-two-of-ours'],
    ['no key any more', 'API_KEYS', 'sk-one-of-ours', ''],
    [
      'a limit',
      'LINGMA_GATEWAY_NAMED_KEYS',
      '[{"name":"a","key":"k1"}]',
      '[{"name":"a","key":"k1","limits":{"maxParallel":2}}]',
    ],
    ['the key of a name', 'LINGMA_GATEWAY_NAMED_KEYS', '[{"name":"a","key":"k1"}]', '[{"name":"a","key":"k2"}]'],
  ];
  it.each(secrets)('%s - is a change', (_, name, from, to) => {
    expect(reload({ [name]: from }, { [name]: to }).changed).toHaveLength(1);
  });

  it('a password of an account - is a change only where instances can be exchanged', () => {
    const [from, to] = [{ LINGMA_ACCOUNTS: 'u:one' }, { LINGMA_ACCOUNTS: 'u:two' }];
    expect(reload(from, to)).toMatchObject({ changed: [], needsRestart: ['lingma.accounts'] });
    expect(reload(from, to, { also: INSTANCE_SETTINGS })).toMatchObject({
      changed: ['lingma.accounts'],
      needsRestart: [],
    });
  });

  it('keys taken away beside an address that others reach until the restart - refused', () => {
    const from = { ...A_KEY, HOST: '0.0.0.0' };
    expect(() => reload(from, { HOST: '127.0.0.1' })).toThrow(/server\.host.*0\.0\.0\.0.*before a restart/);
    expect(() => reload(from, { HOST: '127.0.0.1' }, { language: 'zh-CN' })).toThrow(/重启/);
    expect(reload(from, { HOST: '127.0.0.1', API_KEYS: 'sk-two-of-ours' }).needsRestart).toEqual(['server.host']);
  });

  it("a rule of the caller's - is asked of the mixture", () => {
    const rule = ({ auth }: ReturnType<typeof loadConfig>['config']) =>
      auth.clientKeys.length > 0 ? undefined : { path: 'auth.clientKeys', message: 'no keys', hint: 'set some' };
    expect(() => reload(A_KEY, {}, { rules: [rule] })).toThrow(
      expect.objectContaining<Partial<ConfigError>>({ name: 'ConfigError' }),
    );
    expect(reload(A_KEY, A_KEY, { rules: [rule] }).changed).toEqual([]);
  });

  it('the settings that instances are made from - are there', () => {
    const paths = REGISTRY.map(({ path }) => path);
    expect(INSTANCE_SETTINGS.filter((path) => !paths.includes(path))).toEqual([]);
  });
});
