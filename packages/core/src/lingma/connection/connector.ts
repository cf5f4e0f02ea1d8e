/** From options to a transport: discovery once, the address remembered, looked for again when asked to. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { GatewayError } from '../../chat/index.js';
import { monotonicNow, type OptionRules } from '../../util/index.js';
import { DISCOVERY_RULES, type DiscoveryOptions } from '../discovery/discovery-options.js';
import { searchLingma } from '../discovery/search.js';
import { describeAddress, type LingmaAddress } from '../transport/address.js';
import { connectLingma } from '../transport/connect.js';
import { ConnectTimeoutError } from '../transport/connect-error.js';
import type { FramingName, Transport } from '../transport/transport.js';
import type { Connector, ConnectorSettings } from './connector-port.js';
import { UnresponsiveEndpoints } from './unresponsive-endpoints.js';
import { withTimeout } from './with-timeout.js';

/** Where the process is. */
export interface ConnectorOptions {
  /**
   * Where the process is: `ws://…`, a unix socket's path, a named pipe. Default: found by its discovery files and the
   * known sockets and pipes.
   */
  readonly address?: string;
  /** The executable that was meant to run, for the words about its absence. It is not started. */
  readonly bin?: string;
  /** How it tells messages apart. Default `content-length`; agents that speak ACP over WebSocket have one message each. */
  readonly framing?: FramingName;
  /** What discovery goes by. Default: this machine, without environment variables. */
  readonly discovery?: Partial<DiscoveryOptions>;
}

export const CONNECTOR_RULES: OptionRules<ConnectorOptions> = {
  address: 'text',
  bin: 'string',
  framing: ['content-length', 'ndjson'],
  discovery: DISCOVERY_RULES,
};

/** Until a transport is there; the whole is bounded by `connectMs`. */
const ATTEMPT_MS = 5000;

export function createConnector(options: ConnectorOptions, { clock, logger, connectMs }: ConnectorSettings): Connector {
  const { address, framing } = options;
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
  const silent = new UnresponsiveEndpoints(connectMs, clock);
  const attempt = async (to: LingmaAddress, signal: AbortSignal, initialize: Initialize): Promise<Transport> => {
    try {
      const transport = await connectLingma(to, {
        ...{ signal, clock, timeoutMs: ATTEMPT_MS },
        ...(framing !== undefined && { framing }),
      });
      await initialize(transport, signal);
      silent.forget(describeAddress(to));
      return transport;
    } catch (error) {
      if (isSilence(error)) silent.note(describeAddress(to), error);
      throw error;
    }
  };

  return async (fresh, signal, initialize) => {
    if (!fresh && remembered !== undefined) return attempt(remembered, signal, initialize);
    const until = monotonicNow(clock) + connectMs;
    const failures: unknown[] = [];
    const candidates: LingmaAddress[] = [];
    for (const candidate of (await searchLingma(discovery)).addresses) {
      const known = fresh ? silent.failureAt(describeAddress(candidate)) : undefined;
      if (known === undefined) candidates.push(candidate);
      else failures.push(known);
    }
    for (const [index, candidate] of candidates.entries()) {
      signal.throwIfAborted();
      try {
        // What is left of the time is shared evenly, so that one that keeps silent leaves some to the others.
        const ms = Math.max(0, until - monotonicNow(clock)) / (candidates.length - index);
        const transport = await withTimeout({ ms, signal, clock, onExpire }, (own) =>
          attempt(candidate, own, initialize),
        );
        remembered = candidate;
        return transport;
      } catch (error) {
        logger.debug('Lingma does not answer there', { address: describeAddress(candidate), cause: error });
        if (signal.aborted) throw error;
        failures.push(error);
      }
    }
    const failure = mostTelling(failures);
    if (failure !== undefined && !isAbsence(failure)) throw failure;
    if (options.bin !== undefined) throw await notStarted(options.bin, failure);
    throw failure ?? noneFound('No running Lingma was found. Start Lingma, or the IDE with its plug-in.');
  };
}

type Initialize = Parameters<Connector>[2];

function onExpire(): GatewayError {
  return new GatewayError('upstream_timeout', 'Lingma did not accept the connection in time');
}

/** Nothing changes by asking again; official clients are told so. */
function noneFound(message: string, cause?: unknown): GatewayError {
  return new GatewayError('not_ready', message, { shouldRetry: false, cause });
}

/** `failure`: nobody is where a process could be. */
function isAbsence(failure: unknown): boolean {
  return GatewayError.isInstance(failure) && failure.code === 'not_ready' && failure.shouldRetry === false;
}

/** The path is for the log alone. */
async function notStarted(bin: string, failure: unknown): Promise<GatewayError> {
  const cause = new Error(`no process of ${bin}`, { cause: failure });
  const exists = await access(bin).then(
    () => true,
    () => false,
  );
  return exists
    ? noneFound(
        'The configured Lingma (LINGMA_BIN) does not run. Start it: the gateway attaches to a running one.',
        cause,
      )
    : noneFound('The configured Lingma (LINGMA_BIN) does not exist, and no other runs. Check the path.', cause);
}

function isSilence(error: unknown): error is Error {
  return (
    GatewayError.isInstance(error) && (error.code === 'upstream_timeout' || error.cause instanceof ConnectTimeoutError)
  );
}

/** Somebody who answers wrongly, or not at all, says more than a place where nobody is. */
function mostTelling(failures: readonly unknown[]): unknown {
  return (
    failures.find((error) => GatewayError.isInstance(error) && error.code !== 'not_ready') ??
    failures.find((error) => !isAbsence(error)) ??
    failures[0]
  );
}
