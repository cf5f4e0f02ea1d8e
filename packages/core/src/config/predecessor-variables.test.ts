import { describe, expect, it } from 'vitest';
import { describePredecessors, describeSettings, lingmaSource, loadConfig } from './index.js';

const warningsOf = (env: Readonly<Record<string, string>>) => loadConfig({ env }).warnings;

describe('variables of earlier gateways that have no effect', () => {
  it.each([
    'LINGMA_PROXY_BACKEND',
    'LINGMA_PROXY_REMOTE_API_KEY',
    'LINGMA_REMOTE_AUTH_FILE',
    'LINGMA_PROXY_MAX_CONCURRENT',
  ])('%s - one warning with the reason, never the value; blank - none', (name) => {
    const warnings = warningsOf({ [name]: 'canary-value' });
    expect(warnings).toEqual([
      { subject: name, message: expect.stringMatching(new RegExp(`^${name} has no effect: .{20,}`)) },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('canary');
    expect(warningsOf({ [name]: ' ' })).toEqual([]);
  });

  it.each([
    ['LINGMA_SOURCE_TYPE', 'vsix', 'managed'],
    ['LINGMA_SOURCE_TYPE', 'none', 'discover'],
    ['LINGMA_VSIX_URL', 'https://mirror.example.com/x.vsix', 'managed'],
    ['LINGMA_FORCE_REFRESH', 'true', 'managed'],
    ['LINGMA_BOOTSTRAP_ALWAYS', 'false', 'managed'],
    ['LINGMA_MARKETPLACE_PUBLISHER', 'Alibaba-Cloud', 'managed'],
    ['LINGMA_GATEWAY_BOOTSTRAP_FILE', '/srv/x.vsix', 'managed'],
    ['LINGMA_GATEWAY_BOOTSTRAP_VERSION', '2.6.10', 'managed'],
    ['LINGMA_GATEWAY_BOOTSTRAP_KEEP', '3', 'discover'],
    ['ADMIN_TOKEN', 'token', 'discover'],
  ])('%s=%s, which says where a Lingma is had from - %s', (name, value, source) => {
    const { config, origins } = loadConfig({ env: { [name]: value } });
    expect(lingmaSource(config, origins)).toBe(source);
  });
});

describe('the table of variables of earlier gateways', () => {
  const rows = describePredecessors();
  const aliases = describeSettings().flatMap(({ path, envAliases }) =>
    envAliases.filter((name) => !name.startsWith('LINGMA_GATEWAY_')).map((name) => [name, path]),
  );

  it('names every one that a setting takes over, and the setting', () => {
    const taken = rows.flatMap(({ name, setting }) => (setting === undefined ? [] : [[name, setting.path]]));
    expect([...taken].sort()).toEqual([...aliases].sort());
  });

  it('says why where none does, and what is told is told once, in both languages', () => {
    const silent = rows.filter(({ setting, flag, note }) => setting === undefined && flag === undefined && !note);
    expect(silent).toEqual([]);
    const names = rows.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const untranslated = describePredecessors('zh-CN').filter(({ note }) => note && !/\p{Script=Han}/u.test(note));
    expect(untranslated).toEqual([]);
  });

  it.each([
    ['GATEWAY_MAX_IN_FLIGHT', 'admission.maxInFlight', false],
    ['SESSION_CACHE_TTL_SEC', 'sessions.ttlMs', true],
    ['LINGMA_PROXY_TIMEOUT_SECONDS', 'lingma.totalTimeoutMs', true],
    ['LINGMA_PROXY_SESSION_MODE', 'lingma.sessionMode', false],
  ])('%s - is %s', (name, path, inSeconds) => {
    const row = rows.find((candidate) => candidate.name === name);
    expect(row).toMatchObject({ setting: { path }, inSeconds });
  });

  it('the session mode auto - its other meaning is told', () => {
    expect(rows.find(({ name }) => name === 'LINGMA_PROXY_SESSION_MODE')?.note).toContain('another meaning');
  });
});

describe('variables with our prefix that no setting has', () => {
  it('are told, with the nearest name', () => {
    expect(warningsOf({ LINGMA_GATEWAY_PROT: '9000' })).toEqual([
      {
        subject: 'LINGMA_GATEWAY_PROT',
        message: 'LINGMA_GATEWAY_PROT has no effect: there is no such setting; did you mean LINGMA_GATEWAY_PORT?',
      },
    ]);
    expect(warningsOf({ LINGMA_GATEWAY_CONFIG: 'a.json', LINGMA_GATEWAY_KEY: 'k', LINGMA_OTHER: 'x' })).toEqual([]);
    expect(warningsOf({ LINGMA_PROXY_CONFIG: 'a.json' })).toEqual([]);
  });
});
