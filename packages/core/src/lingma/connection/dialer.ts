/**
 * One initialized connection, where the process was known to be and at need wherever it is found now. Within one time
 * limit however many places there are to look at: one where somebody accepts and then says nothing costs its share of
 * that limit, once.
 */
import { GatewayError } from '../../chat/index.js';
import { createJsonRpcConnection, type JsonRpcConnection } from '../jsonrpc/connection.js';
import { defaultAnswer } from '../protocol/default-responses.js';
import { toTurnError } from '../protocol/errors.js';
import { buildInitialize } from '../protocol/initialize.js';
import type { Transport } from '../transport/transport.js';
import type { Connector, ConnectorSettings } from './connector-port.js';
import { UnresponsiveEndpoints } from './unresponsive-endpoints.js';
import { withTimeout } from './with-timeout.js';

export interface DialedConnection {
  readonly connection: JsonRpcConnection;
  readonly address: string;
}

export interface DialerSettings extends ConnectorSettings {
  /** Folder the process works in. */
  readonly cwd: string;
}

export class Dialer {
  readonly #settings: DialerSettings;
  readonly #connector: Connector;
  readonly #silent: UnresponsiveEndpoints;

  constructor(settings: DialerSettings, connector: Connector) {
    this.#settings = settings;
    this.#connector = connector;
    this.#silent = new UnresponsiveEndpoints(settings.connectMs, settings.clock);
  }

  /**
   * `fresh`: an address remembered from earlier is not to be trusted; what has just kept silent is passed over.
   *
   * @throws GatewayError `not_ready`, `upstream_timeout`, `upstream_protocol`, or the signal's reason
   */
  open(fresh: boolean, signal: AbortSignal): Promise<DialedConnection> {
    const { clock, connectMs } = this.#settings;
    const onExpire = (): GatewayError =>
      new GatewayError('upstream_timeout', 'Lingma did not accept the connection in time');
    return withTimeout({ ms: connectMs, signal, clock, onExpire }, async (limit) => {
      const initialized = new Map<Transport, JsonRpcConnection>();
      const initialize = async (transport: Transport, own: AbortSignal): Promise<void> => {
        if (!initialized.has(transport)) initialized.set(transport, await this.#initialize(transport, fresh, own));
      };
      const transport = await this.#connector(fresh, limit, initialize);
      await initialize(transport, limit);
      return { connection: initialized.get(transport) as JsonRpcConnection, address: transport.address };
    });
  }

  async #initialize(transport: Transport, fresh: boolean, signal: AbortSignal): Promise<JsonRpcConnection> {
    const { clock, logger, cwd } = this.#settings;
    const { address } = transport;
    const known = fresh ? this.#silent.failureAt(address) : undefined;
    if (known !== undefined) {
      transport.close();
      throw known;
    }
    const connection = createJsonRpcConnection(transport, { logger, clock, defaultAnswer });
    try {
      await connection.initialize(buildInitialize(cwd, clock.now()), {
        timeoutMs: Number.POSITIVE_INFINITY,
        signal,
      });
      this.#silent.forget(address);
      return connection;
    } catch (thrown) {
      connection.close();
      const error = signal.aborted ? silence(signal.reason) : toTurnError(thrown);
      if (GatewayError.isInstance(error) && error.code === 'upstream_timeout') this.#silent.note(address, error);
      throw error;
    }
  }
}

/** Out of time is here what the process is to blame for; any other end is told as it is. */
function silence(reason: unknown): unknown {
  if (!GatewayError.isInstance(reason) || reason.code !== 'upstream_timeout') return reason;
  const message =
    'Lingma accepted the connection but did not answer in time. It may be starting or hanging: wait, or restart it.';
  return new GatewayError('upstream_timeout', message, { cause: reason });
}

/**
 * Beside living connections the known address holds; without any, a failure may mean that the process has moved, so
 * one more look is taken. `isAlone` is asked before and after: the others may die while this one dials.
 */
export async function openAnywhere<Connection>(
  open: (fresh: boolean, signal: AbortSignal) => Promise<Connection>,
  isAlone: () => boolean,
  signal: AbortSignal,
): Promise<Connection> {
  const alone = isAlone();
  try {
    return await open(false, signal);
  } catch (error) {
    if (!(alone || isAlone()) || signal.aborted || !mayHaveMoved(error)) throw error;
    return open(true, signal);
  }
}

/** A login or protocol problem is the same at any address. */
function mayHaveMoved(error: unknown): boolean {
  return (
    !GatewayError.isInstance(error) || !['login_required', 'shutting_down', 'upstream_protocol'].includes(error.code)
  );
}
