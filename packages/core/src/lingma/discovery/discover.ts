/**
 * Finds running Lingmas: goes through the candidates, leaves out what is stale, and keeps a record of every place looked
 * at, so that `doctor` can show why nothing was found.
 */

import { isLoopbackHost } from '../../util/index.js';
import { describeAddress, type LingmaAddress } from '../transport/address.js';
import { PIPE_PREFIX } from '../transport/pipe-path.js';
import {
  allows,
  configuredAddresses,
  type DiscoveryCandidate,
  discoveryCandidates,
  infoFileCandidates,
} from './candidates.js';
import { lookAtInfoFile, readInfoFile } from './check-info-file.js';
import type { DiscoveryOptions } from './discovery-options.js';
import type { Finding, LookedPlace } from './discovery-report.js';
import type { DiscoveryFileSystem } from './file-system.js';
import type { InfoFile } from './info-file.js';

/** Where a running Lingma was looked for, and what is there. */
export interface DiscoveryReport {
  /** The first of `addresses`. */
  readonly address?: LingmaAddress;
  /** Best first, each once. */
  readonly addresses: readonly LingmaAddress[];
  readonly looked: readonly LookedPlace[];
}

/**
 * The addresses worth trying, best first: the configured, else the discovered ones in the order of the platform; with what was
 * looked at and why it was left out. Never rejects.
 */
export async function inspectDiscovery(
  options: DiscoveryOptions,
  fileSystem: DiscoveryFileSystem,
): Promise<DiscoveryReport> {
  const looked: LookedPlace[] = configuredAddresses(options)
    .filter((address) => !allows(options.transport, address.kind))
    .map((address) => ({ place: address.origin, verdict: 'skipped', detail: describeAddress(address) }));
  const candidates = discoveryCandidates(options);
  const findings = await Promise.all(candidates.map((candidate) => look(candidate, options, fileSystem)));
  looked.push(...findings.flatMap((finding) => finding.looked));
  const found = eachOnce(findings.flatMap((finding) => finding.addresses));
  const doubtful = eachOnce([...found, ...findings.flatMap((finding) => finding.doubtful ?? [])]).slice(found.length);
  const addresses =
    candidates[0]?.kind === 'address'
      ? found
      : [...byTransport(found, options.platform), ...byTransport(doubtful, options.platform)];
  return { ...(addresses[0] === undefined ? {} : { address: addresses[0] }), addresses, looked };
}

async function look(
  candidate: DiscoveryCandidate,
  options: DiscoveryOptions,
  fileSystem: DiscoveryFileSystem,
): Promise<Finding> {
  switch (candidate.kind) {
    case 'address': {
      const address = await withWorkDir(candidate.address, options, fileSystem);
      return {
        addresses: [address],
        looked: [{ place: address.origin, verdict: 'configured', detail: describeAddress(address) }],
      };
    }
    case 'info-file':
      return lookAtInfoFile(candidate.path, candidate.workDir, options, fileSystem);
    case 'pipe-listing':
      return lookAtPipes(fileSystem);
    case 'sockets':
      return lookAtSockets(candidate.paths, fileSystem);
  }
}

/** `lingma-<hex>`, `qodercn-<hex>`, and the fixed name of newer QoderCN (protocol section 2.2). */
const KNOWN_PIPE = /^(?:(?:lingma|qodercn)-.+|qoder-cn-shared_client)$/i;

async function lookAtPipes(fileSystem: DiscoveryFileSystem): Promise<Finding> {
  const place = 'list of pipes';
  const names = (await fileSystem.listPipes()).filter((name) => KNOWN_PIPE.test(name)).sort();
  if (names.length === 0) return { addresses: [], looked: [{ place, verdict: 'absent' }] };
  // The last name, sorted, is the one to take.
  const addresses = names
    .reverse()
    .map((name): LingmaAddress => ({ kind: 'pipe', path: PIPE_PREFIX + name, origin: place }));
  return {
    addresses,
    looked: addresses.map((address) => ({ place, verdict: 'usable', detail: describeAddress(address) })),
  };
}

async function lookAtSockets(paths: readonly string[], fileSystem: DiscoveryFileSystem): Promise<Finding> {
  const found = await Promise.all(
    paths.map(async (path) => {
      const stat = await fileSystem.statSocket(path);
      return { path, mtimeMs: stat?.mtimeMs, open: stat !== undefined && (await fileSystem.isSocketOpen(path)) };
    }),
  );
  const addresses = found
    .filter((socket) => socket.open)
    .sort((a, b) => (b.mtimeMs ?? 0) - (a.mtimeMs ?? 0))
    .map(({ path }): LingmaAddress => ({ kind: 'pipe', path, origin: path, workDir: parentFolder(path) }));
  const looked = found.map(
    ({ path, mtimeMs, open }): LookedPlace =>
      open
        ? { place: path, verdict: 'usable' }
        : mtimeMs === undefined
          ? { place: path, verdict: 'absent' }
          : { place: path, verdict: 'stale', detail: 'the socket refuses' },
  );
  return { addresses, looked };
}

function parentFolder(path: string): string {
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

/** A configured address says nothing of the work folder; the discovery file that names the same address does. */
async function withWorkDir(
  address: LingmaAddress,
  options: DiscoveryOptions,
  fileSystem: DiscoveryFileSystem,
): Promise<LingmaAddress> {
  if (address.workDir !== undefined) return address;
  const infos = await Promise.all(
    infoFileCandidates(options).map(async ({ path, workDir }) => ({
      workDir,
      info: await readInfoFile(path, fileSystem),
    })),
  );
  for (const { workDir, info } of infos) {
    if ('verdict' in info || !names(info, address)) continue;
    return { ...address, workDir, ...(info.pid === undefined ? {} : { pid: info.pid }) };
  }
  return address;
}

function names(info: InfoFile, address: LingmaAddress): boolean {
  if (address.kind === 'pipe') return info.ipcServerPath === address.path;
  if (info.websocketPort === undefined || !URL.canParse(address.url)) return false;
  const { hostname, port } = new URL(address.url);
  return isLoopbackHost(hostname) && Number(port || '80') === info.websocketPort;
}

function eachOnce(addresses: readonly LingmaAddress[]): readonly LingmaAddress[] {
  const unique = new Map<string, LingmaAddress>();
  for (const address of addresses) {
    const key = describeAddress(address);
    if (!unique.has(key)) unique.set(key, address);
  }
  return [...unique.values()];
}

/** Windows: pipe, then WebSocket; elsewhere WebSocket, then socket. */
function byTransport(addresses: readonly LingmaAddress[], platform: NodeJS.Platform): readonly LingmaAddress[] {
  const first = platform === 'win32' ? 'pipe' : 'websocket';
  return [...addresses.filter(({ kind }) => kind === first), ...addresses.filter(({ kind }) => kind !== first)];
}
