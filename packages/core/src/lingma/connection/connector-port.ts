/** What reaching the process takes: the port, and what it and its user go by. */
import type { Clock, Logger } from '../../util/index.js';
import type { Transport } from '../transport/transport.js';

/**
 * Brings a transport to the process. `fresh`: an address remembered from earlier is not to be trusted. `initialize` calls
 * `initialize` on a transport and closes it when that fails: a connector that knows several places finds out with it
 * which of them lives; one that knows a single place need not care.
 */
export type Connector = (
  fresh: boolean,
  signal: AbortSignal,
  initialize: (transport: Transport, signal: AbortSignal) => Promise<void>,
) => Promise<Transport>;

export interface ConnectorSettings {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds to reach the process and to be answered by it. */
  readonly connectMs: number;
}
