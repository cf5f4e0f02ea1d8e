/** Failed connecting in words that tell what to do. Addresses stay in the `cause`: clients must not see them. */
import { GatewayError } from '../../chat/index.js';

/** The server answered the WebSocket handshake with something else. */
export class HandshakeRefusedError extends Error {
  override readonly name = 'HandshakeRefusedError';
  /** `status` is undefined when it hung up without an answer. */
  constructor(
    readonly address: string,
    readonly status: number | undefined,
  ) {
    super(`${address}: ${status === undefined ? 'hung up during the handshake' : `HTTP ${status} instead of 101`}`);
  }
}

export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
  constructor(address: string, timeoutMs: number) {
    super(`${address}: not connected after ${timeoutMs} ms`);
  }
}

/** `not_ready`, with `thrown` and the address in its cause. */
export function unreachable(address: string, thrown: unknown): GatewayError {
  const named = thrown instanceof HandshakeRefusedError || thrown instanceof ConnectTimeoutError;
  const cause = named ? thrown : new Error(`${address}: ${textOf(thrown)}`, { cause: thrown });
  return new GatewayError('not_ready', messageFor(thrown), {
    cause,
    ...(isLasting(thrown) && { shouldRetry: false as const }),
  });
}

const START_IT = 'Start Lingma, or the IDE with its plug-in, and try again.';
const CHECK_ADDRESS = 'Check the configured address: another program may be listening there.';

function messageFor(thrown: unknown): string {
  if (thrown instanceof HandshakeRefusedError) {
    if (thrown.status === undefined) return `Lingma hung up during the WebSocket handshake. ${CHECK_ADDRESS}`;
    if (thrown.status === 401 || thrown.status === 403) {
      return `Lingma refused the WebSocket handshake (HTTP ${thrown.status}). Configure its work folder, so that its machine token can be read.`;
    }
    return `Lingma refused the WebSocket handshake (HTTP ${thrown.status}). ${CHECK_ADDRESS}`;
  }
  if (thrown instanceof ConnectTimeoutError) {
    return 'Lingma did not answer the attempt to connect in time. Restart Lingma, or the IDE with its plug-in, and try again.';
  }
  if (thrown instanceof SyntaxError) {
    return 'The WebSocket address of Lingma is not one. Write it like ws://127.0.0.1:36510/';
  }
  switch (codeOf(thrown)) {
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `Lingma is not running where it was looked for. ${START_IT}`;
    case 'EACCES':
    case 'EPERM':
      return 'Lingma may not be reached by this user. Run the gateway as the user that runs Lingma.';
    default:
      return `Lingma cannot be reached. ${START_IT}`;
  }
}

/** Nobody is there, or nobody who lets us in: that will be so until somebody does something about it. */
function isLasting(thrown: unknown): boolean {
  return ['ECONNREFUSED', 'ENOENT', 'EACCES', 'EPERM'].includes(codeOf(thrown) ?? '');
}

function textOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text === '' ? (codeOf(thrown) ?? 'connecting failed') : text;
}

/** Connecting to a name with several addresses fails with an `AggregateError` that carries the code of the first. */
function codeOf(thrown: unknown): string | undefined {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
