/** The port behind which instances are signed in: one flow an instance, and what became of the last ones. */
import { randomBytes } from 'node:crypto';
import {
  GatewayError,
  type LoginReport,
  type LoginService,
  type LoginTask,
  silentLogger,
  systemClock,
} from '@lingma-gateway/core';
import { LoginFailure } from '../login-failure.js';
import { type LoginAccount, waysOf, waysWithoutPerson } from './login-account.js';
import { type FlowSettings, LoginError, LoginFlow } from './login-flow.js';

/** How logins are tried, and whether they begin by themselves. */
export interface LoginOptions extends Partial<Omit<FlowSettings, 'loadBrowser'>> {
  /** Whether logins begin by themselves. Default true. */
  readonly automatic?: boolean;
  /** Default: there is no browser. */
  readonly loadBrowser?: FlowSettings['loadBrowser'];
  /** Of flows. Default: random. */
  readonly createId?: () => string;
}

/** Flows that are over and still known by their id: who comes too late is told that, and not that there never was one. */
const MAX_PAST_FLOWS = 256;

/**
 * Signs instances in: by token, in a browser, or with the address that the operator's browser has ended at.
 *
 * @example
 * const pool = new LingmaPool({ instances: [{ process, credentials: { personalToken, userId } }], login: createLogin() });
 */
export function createLogin(options: LoginOptions = {}): LoginService<LoginAccount> {
  const { automatic = true, createId = () => randomBytes(16).toString('hex') } = options;
  const settings: FlowSettings = {
    ...{ timeoutMs: 180_000, maxAttempts: 2, headless: true, allowLoopback: false, debugScreenshots: false },
    ...{ clock: systemClock, logger: silentLogger, loadBrowser: noBrowser },
    ...options,
  };
  /** By instance; bounded by the instances there are. */
  const flows = new Map<string, LoginFlow>();
  /** By id, the oldest forgotten first. */
  const past = new Map<string, LoginFlow>();
  const rests = new Map<string, number>();
  const listeners: ((instance: string, result: string) => void)[] = [];

  const begin = (task: LoginTask<LoginAccount>): LoginFlow => {
    const before = flows.get(task.instance);
    if (before !== undefined) {
      past.set(before.id, before);
      const [oldest] = past.keys();
      if (past.size > MAX_PAST_FLOWS && oldest !== undefined) past.delete(oldest);
    }
    const tell = (result: string): void => {
      for (const listener of listeners) listener(task.instance, result);
    };
    const flow = new LoginFlow(createId(), task, waysOf(task.request, task.account), settings, tell);
    flows.set(task.instance, flow);
    return flow;
  };

  return {
    canLogin: (account) => automatic && waysWithoutPerson(account).length > 0,
    async login(task) {
      task.onBegin?.();
      if (waysOf(task.request, task.account).length === 0) {
        throw new LoginError('no_way', 'The account has nothing that it could be signed in with', true);
      }
      const flow = begin(task);
      task.request?.onStart?.({ id: flow.id });
      await flow.run();
    },
    rests(instance, until) {
      if (until === undefined) rests.delete(instance);
      else rests.set(instance, until);
    },
    report: (instance) => flows.get(instance)?.report(),
    nextRetryAt: (instance) => rests.get(instance),
    async callback(id, url): Promise<LoginReport> {
      const flow = [...flows.values()].find((one) => one.id === id);
      if (flow === undefined || !flow.running) {
        const isKnown = flow !== undefined || past.has(id);
        const { lastError, state } = (flow ?? past.get(id))?.report() ?? {};
        if (!isKnown) throw new GatewayError('no_such_flow', 'There is no login of this id');
        if (state === 'logged_in' || lastError?.code === 'login_nonce_used') {
          throw new GatewayError('login_nonce_used', 'This login is over: start another one');
        }
        throw new GatewayError('login_flow_expired', 'This login is over: start another one');
      }
      await flow.callback(url);
      // Where the process has refused it, the flow is over in a moment.
      await new Promise((resolve) => setImmediate(resolve));
      return flow.report();
    },
    cancel(instance) {
      const flow = flows.get(instance);
      if (flow?.running !== true) return false;
      flow.cancel();
      return true;
    },
    onAttempt(listener) {
      listeners.push(listener);
    },
  };
}

const noBrowser = async (): Promise<never> => {
  throw new LoginFailure('browser_unavailable', 'This gateway has no browser to sign in with');
};
