/** Logging a process in that is not: one at a time, while turns go elsewhere. How it is done is behind a port. */
import { abortable, type Logger } from '../../util/index.js';
import type { LingmaClient } from '../client/client.js';

/** What a supervisor uses of a client. */
export type SupervisedClient = Pick<LingmaClient, 'connect' | 'status' | 'on' | 'close'>;

/** What an account is, is between the port and whoever gives it one. */
export interface LoginPort<Account = unknown> {
  canLogin(account: Account): boolean;
  login(task: LoginTask<Account>): Promise<void>;
}

/** A process that is to be logged in, and with what. */
export interface LoginTask<Account = unknown> {
  readonly account: Account;
  readonly client: SupervisedClient;
  readonly signal: AbortSignal;
}

export class LoginRun<Account> {
  #running = false;

  constructor(
    private readonly port: LoginPort<Account> | undefined,
    private readonly account: Account | undefined,
    private readonly logger: Logger,
  ) {}

  get running(): boolean {
    return this.#running;
  }

  /** Nothing where one runs or none can be had. `onChange`: it has begun, it is over. */
  begin(client: SupervisedClient, signal: AbortSignal, onChange: () => void): void {
    const { port, account } = this;
    if (this.#running || port === undefined || account === undefined || !port.canLogin(account)) return;
    this.#running = true;
    onChange();
    void abortable(port.login({ account, client, signal }), signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.logger.warn('Lingma could not be logged in', { cause: error });
      })
      .finally(() => {
        this.#running = false;
        if (!signal.aborted) onChange();
      });
  }
}
