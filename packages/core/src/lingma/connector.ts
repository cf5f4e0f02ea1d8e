/** From options to a transport: discovery once, the address remembered, looked for again when asked to. */
import { homedir } from 'node:os';
import { GatewayError } from '../chat/index.js';
import type { ClientSettings, Connector } from './client-options.js';
import { describeAddress, type LingmaAddress } from './process/address.js';
import { discoverLingma } from './process/discover.js';
import type { DiscoveryOptions } from './process/discovery-candidates.js';
import { nodeDiscoveryFileSystem } from './process/node-discovery-file-system.js';
import { connectLingma } from './transport/connect.js';
import type { Transport } from './transport/transport.js';

export interface ConnectorOptions {
  /**
   * Where the process is: `ws://…`, a unix socket's path, a named pipe. Default: found by its discovery files and the
   * known sockets and pipes.
   */
  readonly address?: string;
  /** What discovery goes by. Default: this machine, without environment variables. */
  readonly discovery?: Partial<DiscoveryOptions>;
}

/** For one attempt; the whole is bounded by `deadlines.connectMs`. */
const ATTEMPT_MS = 5000;

export function createConnector(options: ConnectorOptions, { clock, logger }: ClientSettings): Connector {
  const { address } = options;
  const explicit = address === undefined ? {} : /^wss?:/i.test(address) ? { wsUrl: address } : { pipe: address };
  const discovery: DiscoveryOptions = {
    platform: process.platform,
    homedir: homedir(),
    env: {},
    transport: 'auto',
    ...options.discovery,
    explicit: { ...options.discovery?.explicit, ...explicit },
  };
  let remembered: LingmaAddress | undefined;
  const connect = (to: LingmaAddress, signal: AbortSignal): Promise<Transport> =>
    connectLingma(to, { signal, clock, timeoutMs: ATTEMPT_MS });

  return async (fresh, signal) => {
    if (!fresh && remembered !== undefined) return connect(remembered, signal);
    let failure: unknown;
    for (const candidate of await discoverLingma(discovery, nodeDiscoveryFileSystem)) {
      signal.throwIfAborted();
      try {
        const transport = await connect(candidate, signal);
        remembered = candidate;
        return transport;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        logger.debug('Lingma does not answer there', { address: describeAddress(candidate), cause: error });
        failure ??= error;
      }
    }
    throw (
      failure ??
      new GatewayError('not_ready', 'No running Lingma was found. Start Lingma, or the IDE with its plug-in.')
    );
  };
}
