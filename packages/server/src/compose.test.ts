import { loadConfig } from '@lingma-gateway/core/config';
import { describe, expect, it } from 'vitest';
import { speaksOfLingma } from './compose.js';

describe('speaksOfLingma()', () => {
  it.each([
    ['LINGMA_BIN', '/nowhere/Lingma'],
    ['LINGMA_ACCOUNTS', 'someone:secret'],
    ['LINGMA_SESSION_BUNDLE', 'H4sIAAAA'],
    ['LINGMA_INSTANCE_COUNT', '2'],
    ['LINGMA_SOCKET_PORT', '1'],
    ['LINGMA_GATEWAY_WS_URL', 'ws://127.0.0.1:1/'],
    ['LINGMA_GATEWAY_PIPE', '/tmp/lingma.sock'],
    ['LINGMA_GATEWAY_WORK_DIR', '/home/me/.lingma'],
    ['LINGMA_GATEWAY_INFO_FILE', '/home/me/.info.json'],
  ])('%s - a Lingma is meant, no simulator answers in its place', (name, value) => {
    expect(speaksOfLingma(loadConfig({ env: { [name]: value } }))).toBe(true);
  });

  it.each([
    ['LINGMA_GATEWAY_PORT', '9000'],
    ['LINGMA_SOCKET_PORT', '0'],
    ['LINGMA_GATEWAY_MODEL', 'auto'],
    ['LINGMA_GATEWAY_TRANSPORT', 'pipe'],
  ])('%s=%s - none is', (name, value) => {
    expect(speaksOfLingma(loadConfig({ env: { [name]: value } }))).toBe(false);
  });
});
