/** Where to look for a running Lingma, in the order to look (protocol section 2.4). Pure: decides, reads nothing. */

import type { LingmaAddress } from '../transport/address.js';
import { normalizePipeName } from '../transport/pipe-path.js';
import type { DiscoveryOptions, TransportChoice } from './discovery-options.js';
import { expandHome, joinPath, knownInfoFolders, knownSockets, socketsIn } from './known-locations.js';

export type DiscoveryCandidate =
  | { readonly kind: 'address'; readonly address: LingmaAddress }
  /** A file to read; `workDir` is the folder it speaks for. */
  | { readonly kind: 'info-file'; readonly path: string; readonly workDir: string }
  /** Every pipe with a known name. */
  | { readonly kind: 'pipe-listing' }
  /** The newest of these that is there. */
  | { readonly kind: 'sockets'; readonly paths: readonly string[] };

/** The candidates in order. Configured addresses stand alone, unless `transport` rules all of them out. */
export function discoveryCandidates(options: DiscoveryOptions): readonly DiscoveryCandidate[] {
  const addresses = configuredAddresses(options).filter((address) => allows(options.transport, address.kind));
  if (addresses.length > 0) return addresses.map((address) => ({ kind: 'address', address }));
  const candidates: DiscoveryCandidate[] = [...infoFileCandidates(options)];
  if (options.transport === 'websocket') return candidates;
  if (options.platform === 'win32' && options.onlyExplicit !== true) candidates.push({ kind: 'pipe-listing' });
  const workDir = configuredWorkDir(options);
  const sockets = options.onlyExplicit === true ? socketsIn(options, workDir) : knownSockets(options, workDir);
  if (sockets.length > 0) candidates.push({ kind: 'sockets', paths: sockets });
  return candidates;
}

export function allows(transport: TransportChoice, kind: LingmaAddress['kind']): boolean {
  return transport === 'auto' || transport === kind;
}

/** WebSocket first: in `auto` a configured one goes before everything, on every system. */
export function configuredAddresses(options: DiscoveryOptions): readonly LingmaAddress[] {
  const { wsUrl, socketPort, pipe, socket } = options.explicit ?? {};
  const workDir = configuredWorkDir(options);
  const known = workDir === undefined ? {} : { workDir };
  const addresses: LingmaAddress[] = [];
  if (wsUrl !== undefined && wsUrl !== '') {
    addresses.push({ kind: 'websocket', url: wsUrl, origin: 'configured WebSocket address', ...known });
  }
  if (socketPort !== undefined && socketPort > 0) {
    addresses.push({ kind: 'websocket', url: loopbackUrl(socketPort), origin: 'configured WebSocket port', ...known });
  }
  for (const [given, origin] of [
    [pipe, 'configured pipe'],
    [socket, 'configured socket'],
  ] as const) {
    if (given === undefined || given === '') continue;
    const path = options.platform === 'win32' ? normalizePipeName(given) : expandHome(given, options);
    addresses.push({ kind: 'pipe', path, origin, ...known });
  }
  return addresses;
}

/** Discovery files, the configured ones first: of each folder `.info.json`, then `.info`. */
export function infoFileCandidates(
  options: DiscoveryOptions,
): readonly Extract<DiscoveryCandidate, { kind: 'info-file' }>[] {
  const infoFile = nonEmpty(options.explicit?.infoFile);
  const workDir = configuredWorkDir(options);
  const inFolder = (folder: string) =>
    ['.info.json', '.info'].map((name) => ({
      kind: 'info-file' as const,
      path: joinPath(options.platform, folder, name),
      workDir: folder,
    }));
  const candidates = [
    ...(infoFile === undefined ? [] : configuredInfoFile(expandHome(infoFile, options), options, inFolder)),
    ...(workDir === undefined ? [] : inFolder(workDir)),
    ...(options.onlyExplicit === true ? [] : knownInfoFolders(options).flatMap(inFolder)),
  ];
  const seen = new Set<string>();
  return candidates.filter((candidate) => !seen.has(candidate.path) && seen.add(candidate.path));
}

export function loopbackUrl(port: number): string {
  return `ws://127.0.0.1:${port}/`;
}

/** Whether it is a file or a folder only the file system knows: all three readings are candidates. */
function configuredInfoFile<T>(path: string, options: DiscoveryOptions, inFolder: (folder: string) => readonly T[]) {
  const workDir = joinPath(options.platform, path, '..');
  return [{ kind: 'info-file' as const, path, workDir }, ...inFolder(path)];
}

function configuredWorkDir(options: DiscoveryOptions): string | undefined {
  const workDir = nonEmpty(options.explicit?.workDir);
  return workDir === undefined ? undefined : expandHome(workDir, options);
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}
