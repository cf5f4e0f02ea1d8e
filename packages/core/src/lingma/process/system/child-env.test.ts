import { expect, it } from 'vitest';
import { childEnv } from './child-env.js';

const KEPT = {
  PATH: '/bin',
  HOME: '/home/me',
  LANG: 'zh_CN.UTF-8',
  LC_ALL: 'C',
  HTTPS_PROXY: 'http://proxy:3128',
  no_proxy: 'localhost',
  XDG_CONFIG_HOME: '/home/me/.config',
  TOKENIZERS_PARALLELISM: 'true',
  PASSWORD_STORE_DIR: '/home/me/.store',
  KEYBOARD: 'de',
};

it.each([
  ['OPENAI_API_KEY'],
  ['API_KEYS'],
  ['LINGMA_GATEWAY_API_KEYS'],
  ['ADMIN_TOKEN'],
  ['METRICS_TOKEN'],
  ['METRICS_TOKEN_FILE'],
  ['npm_config__auth_token'],
  ['LINGMA_PASSWORD'],
  ['PASSWORD'],
  ['TOKEN'],
  ['CLIENT_SECRET'],
])('childEnv - %s stays behind, whatever else is known', (name) => {
  expect(childEnv({ ...KEPT, [name]: 'canary' })).toEqual(KEPT);
});

it('childEnv - variables registered as secrets stay behind, in any case and from a file', () => {
  const secrets = { LINGMA_ACCOUNTS: 'a:b', lingma_session_bundle: 'x', LINGMA_SESSION_BUNDLE_FILE: '/run/secrets/b' };
  expect(childEnv({ ...KEPT, ...secrets }, ['LINGMA_ACCOUNTS', 'LINGMA_SESSION_BUNDLE'])).toEqual(KEPT);
  expect(childEnv({ ...KEPT, LINGMA_ACCOUNTS_DIR: '/x' }, ['LINGMA_ACCOUNTS'])).toHaveProperty('LINGMA_ACCOUNTS_DIR');
});

it('childEnv - one that is not set is not passed on', () => {
  expect(childEnv({ PATH: '/bin', LANG: undefined })).toEqual({ PATH: '/bin' });
});
