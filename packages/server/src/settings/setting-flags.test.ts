import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTerminal } from '../terminal/terminal.js';
import { loadSettings } from './setting-flags.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lingma-gateway-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: unknown): void =>
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));

const silent = { write: () => undefined };
const load = (flags: Record<string, string> = {}, env: Record<string, string> = {}) =>
  loadSettings(flags, createTerminal({ env, stdout: silent, stderr: silent }), folder);

describe('loadSettings() - the file', () => {
  it.each(['lingma-ipc-proxy.json', 'lingma-proxy.json'])(
    '%s in the working folder - read unasked, and told',
    (name) => {
      write(name, { port: 8095, websocket_url: 'ws://127.0.0.1:1/' });
      const { config, origins, warnings } = load();
      expect(config.server.port).toBe(8095);
      expect(config.lingma.wsUrl).toBe('ws://127.0.0.1:1/');
      expect(origins['server.port']).toEqual({ kind: 'file', name: `./${name}` });
      expect(warnings[0]).toMatchObject({ subject: `./${name}`, message: expect.stringContaining('--config') });
    },
  );

  it('the first of the two - alone', () => {
    write('lingma-proxy.json', { port: 1 });
    write('lingma-ipc-proxy.json', { port: 2 });
    expect(load().config.server.port).toBe(2);
  });

  it.each<[string, Record<string, string>, Record<string, string>, number, string | undefined]>([
    ['--config', { config: 'a.json' }, {}, 1, undefined],
    ['LINGMA_GATEWAY_CONFIG', {}, { LINGMA_GATEWAY_CONFIG: 'a.json' }, 1, undefined],
    [
      'LINGMA_PROXY_CONFIG',
      {},
      { LINGMA_PROXY_CONFIG: 'b.json' },
      2,
      'this is an older name, use LINGMA_GATEWAY_CONFIG',
    ],
    [
      'both names',
      {},
      { LINGMA_GATEWAY_CONFIG: 'a.json', LINGMA_PROXY_CONFIG: 'b.json' },
      1,
      'this has no effect, because LINGMA_GATEWAY_CONFIG is given',
    ],
    [
      'a flag and the older name',
      { config: 'a.json' },
      { LINGMA_PROXY_CONFIG: 'b.json' },
      1,
      'this has no effect, because --config is given',
    ],
    ['blank names', {}, { LINGMA_GATEWAY_CONFIG: ' ', LINGMA_PROXY_CONFIG: '' }, 3, undefined],
  ])('%s - wins over what lies in the folder', (_, flags, env, port, warning) => {
    write('a.json', { server: { port: 1 } });
    write('b.json', { port: 2 });
    write('lingma-ipc-proxy.json', { port: 3 });
    const { config, warnings } = load(flags, env);
    expect(config.server.port).toBe(port);
    const told = warnings.filter(({ subject }) => subject === 'LINGMA_PROXY_CONFIG').map(({ message }) => message);
    expect(told).toEqual(warning === undefined ? [] : [warning]);
  });

  it('none, or a folder of that name - no settings of a file', () => {
    mkdirSync(join(folder, 'lingma-proxy.json'));
    expect(load().warnings).toEqual([]);
  });

  it('broken, or not there - refused with its name', () => {
    expect(() => load({ config: 'none.json' })).toThrow('none.json cannot be read: ENOENT');
    write('lingma-proxy.json', '{');
    expect(() => load()).toThrow('file ./lingma-proxy.json');
  });
});

describe('loadSettings() - secrets', () => {
  it('in files - read from where the variable says', () => {
    write('keys', 'one,two\n');
    const env = { API_KEYS_FILE: join(folder, 'keys') };
    expect(load({}, env).config.auth.clientKeys.map((key) => key.reveal())).toEqual(['one', 'two']);
    expect(() => load({}, { API_KEYS_FILE: join(folder, 'none') })).toThrow(join(folder, 'none'));
  });
});
