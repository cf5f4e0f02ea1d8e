import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SMALL_FILE_BYTES } from '../transport/read-small-file.js';
import { inspectDiscovery } from './discover.js';
import type { DiscoveryOptions } from './discovery-options.js';
import { nodeDiscoveryFileSystem } from './node-file-system.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'discovery-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** A pid that lived and lives no more. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe.skipIf(process.platform === 'win32')('inspectDiscovery() - with real files', () => {
  const options = (explicit: DiscoveryOptions['explicit'] = {}): DiscoveryOptions => ({
    platform: 'linux',
    env: {},
    homedir: home,
    transport: 'auto',
    explicit,
  });

  it('finds a living process by port and socket, and passes over dead ones', async () => {
    const folder = join(home, '.config', 'Lingma', 'SharedClientCache');
    const staleFolder = join(home, '.config', 'QoderCN', 'SharedClientCache');
    mkdirSync(folder, { recursive: true });
    mkdirSync(staleFolder, { recursive: true });
    const socketPath = join(folder, 'lingma.sock');
    const tcp = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    const unix = createServer((socket) => socket.destroy()).listen(socketPath);
    await Promise.all([once(tcp, 'listening'), once(unix, 'listening')]);
    const websocketPort = (tcp.address() as AddressInfo).port;
    writeFileSync(
      join(folder, '.info.json'),
      JSON.stringify({ websocketPort, pid: process.pid, ipcServerPath: socketPath, isDev: false }),
    );
    writeFileSync(join(staleFolder, '.info'), `${websocketPort}\n${await deadPid()}\n`);
    const known = { workDir: folder, pid: process.pid, origin: join(folder, '.info.json') };
    expect((await inspectDiscovery(options(), nodeDiscoveryFileSystem)).addresses).toEqual([
      { kind: 'websocket', url: `ws://127.0.0.1:${websocketPort}/`, ...known },
      { kind: 'pipe', path: socketPath, ...known },
    ]);

    await Promise.all([tcp, unix].map((server) => new Promise((resolve) => server.close(resolve))));
    expect((await inspectDiscovery(options(), nodeDiscoveryFileSystem)).addresses).toEqual([]);
  });
});

describe('nodeDiscoveryFileSystem', () => {
  it('readFile() - gives text, undefined for what is no file, and an error for what is too large', async () => {
    const path = join(home, 'f');
    const { readFile } = nodeDiscoveryFileSystem;
    expect(await readFile(path)).toBeUndefined();
    expect(await readFile(join(path, 'below'))).toBeUndefined();
    expect(await readFile(home)).toBeUndefined();
    writeFileSync(path, '灵码');
    expect(await readFile(path)).toBe('灵码');
    expect(await readFile(join(path, 'below'))).toBeUndefined();
    writeFileSync(path, 'x'.repeat(SMALL_FILE_BYTES));
    expect(await readFile(path)).toHaveLength(SMALL_FILE_BYTES);
    writeFileSync(path, 'x'.repeat(SMALL_FILE_BYTES + 1));
    await expect(readFile(path)).rejects.toThrow('larger');
  });

  it.skipIf(process.platform === 'win32')('readFile() - does not wait at a FIFO', async () => {
    const path = join(home, 'fifo');
    await once(spawn('mkfifo', [path]), 'exit');
    expect(await nodeDiscoveryFileSystem.readFile(path)).toBeUndefined();
  });

  it('statSocket() - tells sockets from files', async () => {
    const path = join(home, 'f');
    writeFileSync(path, '');
    expect(await nodeDiscoveryFileSystem.statSocket(path)).toBeUndefined();
    expect(await nodeDiscoveryFileSystem.statSocket(join(home, 'missing'))).toBeUndefined();
    expect(await nodeDiscoveryFileSystem.isSocketOpen(path)).toBe(false);
  });

  it('isPidAlive() - knows the living and the dead', async () => {
    expect(nodeDiscoveryFileSystem.isPidAlive(process.pid)).toBe(true);
    expect(nodeDiscoveryFileSystem.isPidAlive(await deadPid())).toBe(false);
    expect(nodeDiscoveryFileSystem.isPidAlive(2 ** 40)).toBe(false);
  });
});
