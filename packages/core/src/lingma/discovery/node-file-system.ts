/** {@link DiscoveryFileSystem} over this machine. */
import { readdir, stat } from 'node:fs/promises';
import { connect, type NetConnectOpts } from 'node:net';
import { systemClock } from '../../util/index.js';
import { readSmallFile } from '../transport/read-small-file.js';
import type { DiscoveryFileSystem } from './file-system.js';

/** On this machine a port answers at once or not at all. */
const PROBE_TIMEOUT_MS = 1_000;

export const nodeDiscoveryFileSystem: DiscoveryFileSystem = {
  readFile: readSmallFile,
  listPipes: () => (process.platform === 'win32' ? readdir('\\\\.\\pipe\\').catch(() => []) : Promise.resolve([])),
  async statSocket(path) {
    const found = await stat(path).catch(() => undefined);
    return found?.isSocket() === true ? { mtimeMs: found.mtimeMs } : undefined;
  },
  isPidAlive(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  },
  isPortOpen: (port) => accepts({ host: '127.0.0.1', port }),
  isSocketOpen: (path) => accepts({ path }),
};

function accepts(target: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(target);
    const settle = (open: boolean): void => {
      cancel();
      socket.destroy();
      resolve(open);
    };
    const cancel = systemClock.schedule(PROBE_TIMEOUT_MS, () => settle(false));
    socket.on('connect', () => settle(true)).on('error', () => settle(false));
  });
}
