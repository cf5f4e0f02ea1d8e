/** The addresses a discovery file tells, as far as somebody is there. */

import { describeAddress, type LingmaAddress } from '../transport/address.js';
import { isNamedPipePath } from '../transport/pipe-path.js';
import { allows, loopbackUrl } from './candidates.js';
import type { DiscoveryOptions } from './discovery-options.js';
import type { Finding, LookedPlace } from './discovery-report.js';
import type { DiscoveryFileSystem } from './file-system.js';
import { type InfoFile, parseInfoFile } from './info-file.js';

export async function lookAtInfoFile(
  path: string,
  workDir: string,
  options: DiscoveryOptions,
  fileSystem: DiscoveryFileSystem,
): Promise<Finding> {
  const info = await readInfoFile(path, fileSystem);
  if ('verdict' in info) return { addresses: [], looked: [{ place: path, ...info }] };
  const addresses: LingmaAddress[] = [];
  const doubtful: LingmaAddress[] = [];
  const looked: LookedPlace[] = [];
  const gone = info.pid !== undefined && !fileSystem.isPidAlive(info.pid) ? `process ${info.pid} is gone` : undefined;
  const known = { workDir, origin: path, ...(info.pid === undefined ? {} : { pid: info.pid }) };
  const offered: LingmaAddress[] = [];
  if (info.websocketPort !== undefined) {
    offered.push({ kind: 'websocket', url: loopbackUrl(info.websocketPort), ...known });
  }
  if (info.ipcServerPath !== undefined) offered.push({ kind: 'pipe', path: info.ipcServerPath, ...known });
  for (const address of offered) {
    const detail = describeAddress(address);
    if (!allows(options.transport, address.kind)) {
      looked.push({ place: path, verdict: 'skipped', detail });
      continue;
    }
    const answers = await probe(address, info, fileSystem);
    // The pid may be one of another namespace (a container, WSL); and another process may have taken the port.
    const stale = answers === true ? undefined : (gone ?? answers);
    if (stale !== undefined) looked.push({ place: path, verdict: 'stale', detail: `${detail}: ${stale}` });
    else if (gone !== undefined) {
      doubtful.push(address);
      looked.push({ place: path, verdict: 'usable', detail: `${detail}: ${gone}, but somebody answers there` });
    } else {
      addresses.push(address);
      looked.push({ place: path, verdict: 'usable', detail });
    }
  }
  return { addresses, doubtful, looked };
}

export async function readInfoFile(
  path: string,
  fileSystem: DiscoveryFileSystem,
): Promise<InfoFile | Omit<LookedPlace, 'place'>> {
  let text: string | undefined;
  try {
    text = await fileSystem.readFile(path);
  } catch (error) {
    return { verdict: 'unreadable', detail: error instanceof Error ? error.message : String(error) };
  }
  if (text === undefined) return { verdict: 'absent' };
  return parseInfoFile(text) ?? { verdict: 'malformed', detail: 'neither .info.json nor .info' };
}

/** Whether somebody answers, or why nobody does; `undefined`: only connecting can tell. */
async function probe(
  address: LingmaAddress,
  info: InfoFile,
  fileSystem: DiscoveryFileSystem,
): Promise<true | string | undefined> {
  if (address.kind === 'websocket') {
    return (
      (info.websocketPort !== undefined && (await fileSystem.isPortOpen(info.websocketPort))) || 'the port refuses'
    );
  }
  // A pipe has no file to look at, and probing it would take one of its instances.
  if (isNamedPipePath(address.path)) return undefined;
  if ((await fileSystem.statSocket(address.path)) === undefined) return 'the socket is not there';
  return (await fileSystem.isSocketOpen(address.path)) || 'the socket refuses';
}
