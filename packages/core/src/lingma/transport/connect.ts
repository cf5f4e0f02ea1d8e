/** One address → one transport. Knows which product wants which WebSocket path; the transports do not. */
import type { Clock, Secret } from '../../util/index.js';
import type { LingmaAddress, WebSocketAddress } from './address.js';
import { HandshakeRefusedError } from './connect-error.js';
import { type ReadTextFile, readMachineToken } from './machine-token.js';
import { connectPipe } from './pipe.js';
import { readSmallFile } from './read-small-file.js';
import type { FramingName, Transport } from './transport.js';
import { connectWebSocket } from './websocket.js';

export interface ConnectOptions {
  /** For each attempt to connect; a WebSocket may take two. Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Default `content-length`. */
  readonly framing?: FramingName;
  /** How the machine token's file is read; tests bring their own. */
  readonly readFile?: ReadTextFile;
}

/**
 * Connects. A WebSocket server that refuses one of the two known paths is asked at the other.
 *
 * @throws GatewayError `not_ready`, its message says what to do; or the signal's reason
 */
export async function connectLingma(address: LingmaAddress, options: ConnectOptions = {}): Promise<Transport> {
  const { timeoutMs = 5_000, signal, clock, framing } = options;
  const shared = {
    ...(signal === undefined ? {} : { signal }),
    ...(clock === undefined ? {} : { clock }),
    ...(framing === undefined ? {} : { framing }),
  };
  if (address.kind === 'pipe') return connectPipe({ path: address.path, timeoutMs, ...shared });

  const { workDir } = address;
  const token = workDir === undefined ? undefined : await readMachineToken(workDir, options.readFile ?? readSmallFile);
  const headers = token === undefined ? {} : { 'Cosy-MachineToken': token.reveal() };
  const refusals: Refusal[] = [];
  for (const url of handshakeUrls(address, token)) {
    try {
      return await connectWebSocket({ url, headers, handshakeTimeoutMs: timeoutMs, ...shared });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.push(error);
    }
  }
  throw mostTelling(refusals);
}

/** Where to try the handshake, in order. A path of the operator's own choice stands alone. */
export function handshakeUrls(address: WebSocketAddress, token: Secret | undefined): readonly string[] {
  if (!URL.canParse(address.url)) return [address.url];
  const { pathname } = new URL(address.url);
  const at = (path: string): string => {
    const url = new URL(address.url);
    url.pathname = path;
    return url.href;
  };
  if (pathname === '/ws') return [at('/ws'), at('/')];
  if (pathname !== '/') return [address.url];
  const isQoder = token !== undefined || /qoder/i.test(address.workDir ?? '');
  return isQoder ? [at('/ws'), at('/')] : [at('/'), at('/ws')];
}

type Refusal = Error & { readonly cause: HandshakeRefusedError };

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.cause instanceof HandshakeRefusedError;
}

/** A refused token says more than a path that is not there. */
function mostTelling(refusals: readonly Refusal[]): Error {
  const denied = refusals.find(({ cause }) => cause.status === 401 || cause.status === 403);
  return denied ?? refusals[0] ?? new Error('No address to connect to');
}
