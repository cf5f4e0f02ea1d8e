import { describe, expect, it } from 'vitest';
import { loadConfig } from './index.js';

const load = (content: unknown, env = {}) =>
  loadConfig({ file: { name: 'lingma-ipc-proxy.json', text: JSON.stringify(content) }, env });

describe('the flat file of the Go proxy', () => {
  it('every member of it - is the setting that it means', () => {
    const { config, origins, warnings } = load({
      host: 'localhost',
      port: 8095,
      transport: 'pipe',
      pipe: '\\\\.\\pipe\\lingma-1',
      websocket_url: '',
      cwd: '/home/me/project',
      current_file_path: '/home/me/project/a.ts',
      mode: 'agent',
      model: 'qwen3',
      shell_type: 'powershell',
      session_mode: 'reuse',
      timeout: 120,
    });
    expect(config.server).toMatchObject({ host: 'localhost', port: 8095 });
    expect(config.lingma).toMatchObject({
      transport: 'pipe',
      pipe: '\\\\.\\pipe\\lingma-1',
      wsUrl: undefined,
      cwd: '/home/me/project',
      currentFilePath: '/home/me/project/a.ts',
      mode: 'agent',
      shellType: 'powershell',
      sessionMode: 'reuse',
      totalTimeoutMs: 120_000,
    });
    expect(config.models.defaultModel).toBe('qwen3');
    expect(origins['server.port']).toEqual({ kind: 'file', name: 'lingma-ipc-proxy.json' });
    expect(warnings.map(({ subject }) => subject)).toEqual(['lingma-ipc-proxy.json']);
  });

  it.each([
    [{ websocket_url: 'ws://127.0.0.1:36510' }, 'wsUrl', 'ws://127.0.0.1:36510'],
    [{ timeout: 0 }, 'totalTimeoutMs', 0],
    [{ timeout: '90' }, 'totalTimeoutMs', 90_000],
    [{ timeout: 1.5 }, 'totalTimeoutMs', 1500],
    [{ transport: 'WS' }, 'transport', 'websocket'],
    [{ mode: 'plan' }, 'mode', 'chat'],
    [{ mode: ' ' }, 'mode', 'chat'],
  ] as const)('%j - %s is %s', (content, key, expected) => {
    expect(load(content).config.lingma[key]).toBe(expected);
  });

  it('a port of 0 - was none', () => {
    expect(load({ port: 0, host: 'localhost' }).config.server.port).toBe(8317);
  });

  it('members without a counterpart - each warns with the reason, and never with its value', () => {
    const { warnings } = load({
      port: 9000,
      backend: 'remote',
      remote_base_url: 'canary',
      remote_auth_file: 'canary',
      qodercli_sites: [],
    });
    expect(warnings.slice(1).map(({ subject }) => subject)).toEqual([
      'backend',
      'remote_base_url',
      'remote_auth_file',
      'qodercli_sites',
    ]);
    for (const { message } of warnings.slice(1)) expect(message).toMatch(/has no effect: .{20,}/);
    expect(JSON.stringify(warnings)).not.toContain('canary');
    expect(() => load({ backend: 'ipc' })).not.toThrow();
  });

  it('the environment wins over it, and wrong values are told with its name', () => {
    expect(load({ port: 9000 }, { LINGMA_PROXY_PORT: '9001' }).config.server.port).toBe(9001);
    expect(() => load({ port: 70_000 })).toThrow('server.port (file lingma-ipc-proxy.json)');
    expect(() => load({ session_mode: 'sticky' })).toThrow('lingma.sessionMode');
  });

  it('a file with a section of ours - is ours: a flat member is refused with the name it has today', () => {
    expect(() => load({ server: { port: 1 }, websocket_url: 'ws://x' })).toThrow('did you mean lingma.wsUrl?');
    expect(() => load({ neither: 1 })).toThrow('unknown section');
  });

  it('an older name of a member - taken with a warning, unless the newer one is there', () => {
    const older = load({ server: { shutdownGraceMs: 5000 } });
    expect(older.config.server.drainTimeoutMs).toBe(5000);
    expect(older.warnings[0]?.message).toBe('server.shutdownGraceMs is an older name, use server.drainTimeoutMs');
    const both = load({ server: { shutdownGraceMs: 5000, drainTimeoutMs: '7s' } });
    expect(both.config.server.drainTimeoutMs).toBe(7000);
    expect(both.warnings[0]?.message).toContain('has no effect');
  });
});
