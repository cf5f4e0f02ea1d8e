import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose, speaksOfLingma } from './compose.js';

describe('speaksOfLingma()', () => {
  it.each([
    ['LINGMA_BIN', '/nowhere/Lingma'],
    ['LINGMA_ACCOUNTS', 'someone:secret'],
    ['LINGMA_SESSION_BUNDLE', 'H4sIAAAA'],
    ['LINGMA_SESSION_BUNDLE_FILE', '/secrets/bundle'],
    ['LINGMA_USERNAME', 'someone'],
    ['LINGMA_INSTANCE_COUNT', '2'],
    ['LINGMA_INSTANCE_COUNT', 'not-a-number'],
    ['LINGMA_SOURCE_TYPE', 'marketplace'],
    ['LINGMA_GATEWAY_INSTANCES', '[{"pipe":"/tmp/lingma.sock"}]'],
    ['LINGMA_GATEWAY_PERSONAL_TOKEN', 'token'],
    ['DEDICATED_DOMAIN_URL', 'https://lingma.example.com'],
    ['LINGMA_SOCKET_PORT', '1'],
    ['LINGMA_GATEWAY_WS_URL', 'ws://127.0.0.1:1/'],
    ['LINGMA_GATEWAY_PIPE', '/tmp/lingma.sock'],
    ['LINGMA_GATEWAY_WORK_DIR', '/home/me/.lingma'],
    ['LINGMA_GATEWAY_INFO_FILE', '/home/me/.info.json'],
    ['LINGMA_GATEWAY_POOL_DIR', '/srv/pool'],
    ['LINGMA_GATEWAY_ARGS', '--verbose'],
    ['LINGMA_GATEWAY_ENDPOINT', 'https://lingma.example.com'],
  ])('%s - a Lingma is meant, no simulator answers in its place', (name, value) => {
    expect(speaksOfLingma(loadConfig({ env: { [name]: value } }))).toBe(true);
  });

  it.each([
    ['LINGMA_GATEWAY_PORT', '9000'],
    ['LINGMA_SOCKET_PORT', '0'],
    ['LINGMA_GATEWAY_MODEL', 'auto'],
    ['LINGMA_GATEWAY_TRANSPORT', 'pipe'],
    ['LINGMA_GATEWAY_DATA_DIR', '/srv'],
    ['API_KEYS', 'key'],
  ])('%s=%s - none is', (name, value) => {
    expect(speaksOfLingma(loadConfig({ env: { [name]: value } }))).toBe(false);
  });
});

describe('compose() - the simulator may stand in', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lingma-gateway-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['LINGMA_BIN', '/nowhere/Lingma'],
    ['LINGMA_ACCOUNTS', 'u1:p1'],
    ['LINGMA_SESSION_BUNDLE', 'H4sIAAAA'],
    ['LINGMA_INSTANCE_COUNT', '2'],
    ['LINGMA_GATEWAY_WS_URL', 'ws://127.0.0.1:1/'],
  ])('but %s is set - it does not, and a request is refused', async (name, value) => {
    // The folder keeps a Lingma of whoever runs the test out of it.
    const env = {
      [name]: value,
      LINGMA_GATEWAY_BOOTSTRAP_SOURCE: 'none',
      ...(name !== 'LINGMA_GATEWAY_WS_URL' && { LINGMA_WORK_DIR: folder }),
    };
    const loaded = loadConfig({ env: { ...env, LINGMA_GATEWAY_TRANSPORT: 'websocket' } });
    const { gateway, demo, close } = await compose({ loaded, logger: silentLogger, env, demoWhenAbsent: true });
    try {
      expect(demo).toBeUndefined();
      const response = await gateway.fetch(
        new Request('http://127.0.0.1/v1/chat/completions', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
        }),
      );
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ error: { code: 'not_ready' } });
    } finally {
      await close({ graceMs: 0 });
    }
  });
});
