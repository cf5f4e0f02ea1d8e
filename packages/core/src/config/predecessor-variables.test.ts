import { describe, expect, it } from 'vitest';
import { loadConfig } from './index.js';

const warningsOf = (env: Readonly<Record<string, string>>) => loadConfig({ env }).warnings;

describe('variables of earlier gateways that have no effect', () => {
  it.each([
    'LINGMA_ACCOUNTS',
    'LINGMA_INSTANCE_COUNT',
    'LINGMA_USERNAME',
    'LINGMA_PASSWORD',
    'LINGMA_SESSION_BUNDLE',
    'LINGMA_SESSION_BUNDLE_FILE',
    'SESSION_REUSE_ENABLED',
    'SESSION_CACHE_MAX_ENTRIES',
    'SESSION_CACHE_TTL_SEC',
    'AUTO_LOGIN_ENABLED',
    'AUTO_LOGIN_HEADLESS',
    'AUTO_LOGIN_TIMEOUT',
    'AUTO_LOGIN_MAX_RETRY',
    'LINGMA_SOURCE_TYPE',
    'LINGMA_MARKETPLACE_PUBLISHER',
    'LINGMA_MARKETPLACE_EXTENSION',
    'LINGMA_VSIX_URL',
    'LINGMA_BOOTSTRAP_ALWAYS',
    'LINGMA_FORCE_REFRESH',
    'LINGMA_PROXY_CONFIG',
    'LINGMA_PROXY_BACKEND',
    'LINGMA_PROXY_REMOTE_API_KEY',
  ])('%s - one warning with the reason, never the value; blank - none', (name) => {
    const warnings = warningsOf({ [name]: 'canary-value' });
    expect(warnings).toEqual([
      { subject: name, message: expect.stringMatching(new RegExp(`^${name} has no effect: .{20,}`)) },
    ]);
    expect(JSON.stringify(warnings)).not.toContain('canary');
    expect(warningsOf({ [name]: ' ' })).toEqual([]);
  });

  it('those that were settings of a Lingma to be run - no simulator may stand in', () => {
    const expects = (name: string): boolean => loadConfig({ env: { [name]: '1' } }).expectsRealLingma;
    for (const name of ['LINGMA_ACCOUNTS', 'LINGMA_INSTANCE_COUNT', 'LINGMA_PASSWORD', 'LINGMA_SESSION_BUNDLE_FILE']) {
      expect([name, expects(name)]).toEqual([name, true]);
    }
    for (const name of ['ADMIN_TOKEN', 'PORT']) expect([name, expects(name)]).toEqual([name, false]);
  });

  it('none of them is a setting at the same time', () => {
    expect(warningsOf({ GATEWAY_MAX_IN_FLIGHT: '3' })[0]?.message).toContain('is an older name, use');
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
  });
});
