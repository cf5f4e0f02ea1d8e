/**
 * Logins of a pool: one at a time for an account, two at a time in all, however many instances find themselves logged out
 * at once. Each may open a browser.
 */
import PQueue from 'p-queue';
import type { LoginPort, LoginTask } from '../../lingma/index.js';

const AT_A_TIME = 2;

/** No more wait than there are instances: each has one login at a time. */
export class LoginLimits {
  readonly #all = new PQueue({ concurrency: AT_A_TIME });
  readonly #accounts = new Map<string, PQueue>();
  readonly #port: LoginPort;

  constructor(port: LoginPort) {
    this.#port = port;
  }

  /** The port as instances of this account see it. */
  of(account: string): LoginPort {
    const own = this.#accounts.get(account) ?? new PQueue({ concurrency: 1 });
    this.#accounts.set(account, own);
    return {
      canLogin: (credentials) => this.#port.canLogin(credentials),
      // Whoever waits for another of its account takes no place from others; nobody lets a person wait.
      login: (task: LoginTask) =>
        task.request === undefined ? own.add(() => this.#inAll(task), { signal: task.signal }) : this.#port.login(task),
      rests: (instance, until) => this.#port.rests?.(instance, until),
    };
  }

  async #inAll(task: LoginTask): Promise<void> {
    await this.#all.add(() => this.#port.login(task), { signal: task.signal });
  }
}
