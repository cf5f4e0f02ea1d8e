import { describe, expect, it } from 'vitest';
import { ConfigError, type ConfigSources, describeSettings, loadConfig } from './index.js';

const FILES: Readonly<Record<string, string>> = {
  '/run/keys': 'one,two\n',
  '/run/accounts': '[{"username":"u","password":"hunter2"}]\r\n',
  '/run/password': ' pass word \n\n',
  '/run/empty': '\n',
};

const readFile = (path: string): string => {
  const text = FILES[path];
  if (text === undefined) throw new Error(`ENOENT: no such file, open '${path}'`);
  return text;
};

const load = (env: ConfigSources['env']) => loadConfig({ env: env ?? {}, readFile });
const problemOf = (sources: ConfigSources): string => {
  try {
    loadConfig(sources);
    return 'none';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
};

describe('secrets in files', () => {
  it.each(['API_KEYS_FILE', 'LINGMA_GATEWAY_API_KEYS_FILE'])('%s - the value, with where it came from', (name) => {
    const { config, origins, warnings } = load({ [name]: '/run/keys' });
    expect(config.auth.clientKeys.map((key) => key.reveal())).toEqual(['one', 'two']);
    expect(origins['auth.clientKeys']).toMatchObject({ kind: 'environment', name });
    expect(warnings.map(({ message }) => message)).toEqual(
      name === 'API_KEYS_FILE' ? ['API_KEYS_FILE is an older name, use LINGMA_GATEWAY_API_KEYS_FILE'] : [],
    );
  });

  it('line ends at the end are cut, and nothing else', () => {
    const { config } = load({ LINGMA_USERNAME: 'u', LINGMA_PASSWORD_FILE: '/run/password' });
    expect(config.lingma.password?.reveal()).toBe(' pass word ');
    expect(load({ LINGMA_ACCOUNTS_FILE: '/run/accounts' }).config.lingma.accounts[0]?.password?.reveal()).toBe(
      'hunter2',
    );
  });

  it('every secret setting can be one, under each of its names; no other can', () => {
    for (const { path, secret, env, envAliases } of describeSettings()) {
      for (const name of [env, ...envAliases].filter((one) => !one.endsWith('_SESSION_BUNDLE'))) {
        const problem = problemOf({ env: { [`${name}_FILE`]: '/gone' }, readFile });
        if (secret)
          expect(problem).toContain(`${path} (environment ${name}_FILE): the file /gone cannot be used: ENOENT`);
        else expect(problem).toBe('none');
      }
    }
  });

  it.each([
    [{ API_KEYS: 'k', API_KEYS_FILE: '/run/keys' }, 'API_KEYS is set too'],
    [{ LINGMA_GATEWAY_API_KEYS: 'k', API_KEYS_FILE: '/run/keys' }, 'LINGMA_GATEWAY_API_KEYS is set too'],
    [
      { LINGMA_GATEWAY_API_KEYS_FILE: '/run/keys', API_KEYS_FILE: '/run/keys' },
      'LINGMA_GATEWAY_API_KEYS_FILE is set too',
    ],
    [{ API_KEYS_FILE: '/run/empty' }, 'the file /run/empty cannot be used: it is empty'],
    [{ API_KEYS_FILE: '/nowhere' }, 'the file /nowhere cannot be used: ENOENT'],
  ])('%j - refused: %s', (env, said) => {
    expect(problemOf({ env, readFile })).toContain(said);
  });

  it('a host that reads no files - says so and does not go on without the secret', () => {
    expect(problemOf({ env: { API_KEYS_FILE: '/run/keys' } })).toContain('files are not read here');
  });

  it('blank names and a flag - the file is not looked at', () => {
    expect(load({ API_KEYS_FILE: ' ' }).config.auth.clientKeys).toEqual([]);
    const { config } = loadConfig({ env: { API_KEYS_FILE: '/nowhere' }, flags: { 'api-keys': 'k' }, readFile });
    expect(config.auth.clientKeys).toHaveLength(1);
  });

  it('the file of a session bundle - a setting of its own, left for the one who unpacks it', () => {
    expect(load({ LINGMA_SESSION_BUNDLE_FILE: '/nowhere' }).config.lingma.sessionBundleFile).toBe('/nowhere');
  });
});
