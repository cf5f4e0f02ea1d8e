/** Whether the process is logged in (`auth/status`, protocol section 5.1), as far as it tells. Tokens are not looked at. */
import { GatewayError } from '../../chat/index.js';
import { isJsonObject, type JsonValue } from '../../util/index.js';
import { agentOf } from '../agent/agent-of.js';
import type { IncomingMessage, JsonRpcPeer } from '../jsonrpc/peer.js';
import { isUnknownMethod } from '../protocol/errors.js';
import { numberOf } from '../protocol/turn-end.js';

const LOGGED_IN = 2;
/** What a logged-out process may fail a turn with. */
const MAYBE_LOGGED_OUT: readonly string[] = ['upstream_error', 'upstream_timeout', 'upstream_protocol'];
/** Members that tell it, and those that what tells it may lie in. */
const STATUS_MEMBERS = ['status', 'authStatus'] as const;
const WRAPPERS = ['data', 'result'] as const;

export class LoginStatus {
  #loggedIn: boolean | undefined;
  #unsupported = false;
  /** It did not answer the last time: turns don't wait for it again until something fails or it speaks up. */
  #silent = false;

  /** `onChange`: the process has told something else than before, in an answer or by itself. */
  constructor(private readonly onChange: (loggedIn: boolean) => void = () => undefined) {}

  /** `undefined`: not asked yet, or the process does not say. */
  get loggedIn(): boolean | undefined {
    return this.#loggedIn;
  }

  /** Another process may be another account. */
  reset(): void {
    this.#loggedIn = undefined;
    this.#unsupported = false;
    this.#silent = false;
  }

  /** Asks unless the answer is known to be yes. Silence and an unknown method count as no objection. */
  async check(peer: JsonRpcPeer, signal: AbortSignal, timeoutMs = 5000): Promise<boolean | undefined> {
    return this.#loggedIn === true || this.#silent ? this.#loggedIn : this.recheck(peer, signal, timeoutMs);
  }

  /** Asks as {@link check} does. @throws GatewayError `login_required`, or the signal's reason */
  async require(peer: JsonRpcPeer, signal: AbortSignal): Promise<void> {
    // It says so with each session: somebody may have signed in since.
    if (agentOf(peer) !== undefined) return;
    if ((await this.check(peer, signal)) === false) throw loginRequired();
  }

  /** Whether a turn can go on without asking. */
  get isSettled(): boolean {
    return this.#loggedIn ?? (this.#silent || this.#unsupported);
  }

  /**
   * A failure as callers should see it: perhaps the account was logged out in the meantime. `peer`: a connection to ask
   * on, if there is one.
   */
  async explain(error: GatewayError, peer: JsonRpcPeer | undefined, signal: AbortSignal): Promise<GatewayError> {
    if (peer === undefined || agentOf(peer) !== undefined) return error;
    // The turn says so itself: what was said before is asked for anew, so that somebody is signed in.
    const isTold = error.code === 'login_required';
    if (isTold ? this.#loggedIn === false : !MAYBE_LOGGED_OUT.includes(error.code)) return error;
    try {
      return (await this.recheck(peer, signal)) === false && !isTold ? loginRequired(error) : error;
    } catch {
      return error;
    }
  }

  /** Asks in any case: something has failed since. */
  async recheck(peer: JsonRpcPeer, signal: AbortSignal, timeoutMs = 2000): Promise<boolean | undefined> {
    if (this.#unsupported || peer.closed || agentOf(peer) !== undefined) return this.#loggedIn;
    try {
      this.#take(await peer.call('auth/status', {}, { timeoutMs, signal }));
      this.#silent = false;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isUnknownMethod(error)) this.#unsupported = true;
      else if (GatewayError.isInstance(error) && error.code === 'upstream_timeout') this.#silent = true;
    }
    return this.#loggedIn;
  }

  /** Takes what the process tells of it on this connection; `onChange` is called when the state has changed. */
  listen(peer: JsonRpcPeer, onChange: () => void): void {
    const see = ({ params }: IncomingMessage): undefined => {
      const before = this.#loggedIn;
      this.#silent = false;
      const tell = (): void => {
        if (before !== this.#loggedIn) onChange();
      };
      if (this.#take(params)) tell();
      // That something has changed is said, and not what.
      else void this.recheck(peer, new AbortController().signal).then(tell);
    };
    peer.on('auth/report', see);
    peer.on('auth/syncTokenUpdate', see);
  }

  /** Whether it says anything. */
  #take(status: JsonValue | undefined): boolean {
    const code = codeOf(status);
    if (code !== undefined) this.told(code === LOGGED_IN);
    return code !== undefined;
  }

  /** It has shown by itself whether somebody is signed in. */
  told(loggedIn: boolean): void {
    const before = this.#loggedIn;
    this.#loggedIn = loggedIn;
    if (before !== this.#loggedIn) this.onChange(this.#loggedIn);
  }
}

function codeOf(status: JsonValue | undefined): number | undefined {
  const told = Array.isArray(status) ? status[0] : status;
  if (!isJsonObject(told)) return undefined;
  for (const name of STATUS_MEMBERS) {
    const code = numberOf(told[name]);
    if (code !== undefined) return code;
  }
  for (const name of WRAPPERS) if (isJsonObject(told[name])) return codeOf(told[name]);
  return undefined;
}

export function loginRequired(cause?: unknown): GatewayError {
  return new GatewayError(
    'login_required',
    'Lingma is not logged in: log in with its IDE plug-in or the gateway’s login, then try again',
    cause === undefined ? {} : { cause },
  );
}
