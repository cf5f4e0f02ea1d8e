/** Signing in, for operators: the pool's instances, and the service behind their logins, which is loaded when it is needed. */
import { GatewayError, loadModule } from '../../chat/index.js';
import { hasLoginWay } from '../../config/index.js';
import type { LoginReport, LoginService, LoginStateName, LoginTask } from '../../lingma/index.js';
import type { LingmaPool } from '../../pool/index.js';
import type { Logger, Secret } from '../../util/index.js';
import type { LoginAdmin, LoginStart, LoginStarted, LoginView } from '../gateway-admin.js';

export interface LoginSettings {
  /** Whether logins begin by themselves. */
  readonly enabled: boolean;
  readonly maxAttempts: number;
  /** Whether an instance has a session bundle to start with. */
  hasBundle(name: string): boolean;
  /** The user name of an instance's account. */
  userOf(name: string): Secret | undefined;
}

/** The service, made when somebody is to be signed in: most gateways never need it. */
export function lazyLogin(load: () => Promise<LoginService>, enabled: boolean): LoginService {
  const listeners: ((instance: string, result: string) => void)[] = [];
  const rests = new Map<string, number>();
  let made: LoginService | undefined;
  const ready = loadModule(async () => {
    made = await load();
    for (const listener of listeners) made.onAttempt(listener);
    return made;
  });
  return {
    canLogin: (account) => enabled && hasLoginWay(account as Parameters<typeof hasLoginWay>[0]),
    async login(task: LoginTask) {
      const service = await ready();
      task.signal.throwIfAborted();
      await service.login(task);
    },
    rests(instance, until) {
      if (until === undefined) rests.delete(instance);
      else rests.set(instance, until);
    },
    report: (instance) => made?.report(instance),
    nextRetryAt: (instance) => rests.get(instance),
    async callback(id, url) {
      if (made === undefined) throw new GatewayError('no_such_flow', 'There is no login of this id');
      return made.callback(id, url);
    },
    cancel: (instance) => made?.cancel(instance) ?? false,
    onAttempt(listener) {
      listeners.push(listener);
      made?.onAttempt(listener);
    },
  };
}

export function composeLogin(
  pool: LingmaPool,
  service: LoginService,
  settings: LoginSettings,
  logger: Logger,
): LoginAdmin {
  const instanceOf = (name: string) => {
    const found = pool.status().instances.find((one) => one.name === name);
    if (found === undefined) throw new GatewayError('instance_not_found', 'There is no such instance');
    return found;
  };
  const view = (name: string): LoginView => {
    const { idx, loggedIn: told, state: ofProcess } = instanceOf(name);
    // A process tells it before it has started to its end; whoever waits for the word may then ask it for more.
    const loggedIn = ofProcess === 'starting' ? undefined : told;
    const report = service.report(name);
    const nextRetryAt = service.nextRetryAt(name);
    const isOver = report !== undefined && !report.running;
    const user = settings.userOf(name);
    return {
      ...{ name, idx, loggedIn: loggedIn === true },
      ...(user !== undefined && { user: masked(user.reveal()) }),
      state: stateOf(report, loggedIn, settings.hasBundle(name) && ofProcess === 'starting'),
      ...(report !== undefined && { id: report.id, startedAt: report.startedAt, attempt: report.attempt }),
      ...(report?.way !== undefined && { way: report.way }),
      maxAttempts: report?.maxAttempts ?? settings.maxAttempts,
      ...(report?.expiresAt !== undefined && { expiresAt: report.expiresAt }),
      ...(report?.lastError !== undefined && !(isOver && loggedIn === true) && { lastError: report.lastError }),
      ...(report?.organisations !== undefined && { organisations: report.organisations }),
      ...(nextRetryAt !== undefined && { nextRetryAt }),
    };
  };
  const started = (name: string, loginUrl?: string): LoginStarted => {
    const { id, state, expiresAt } = view(name);
    return {
      ...{ instance: name, state },
      ...(id !== undefined && { id }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(loginUrl !== undefined && { loginUrl }),
    };
  };
  return {
    enabled: settings.enabled,
    list: () => pool.status().instances.map(({ name }) => view(name)),
    view,
    pick() {
      const running = pool.status().instances.filter(({ state, draining }) => state === 'ready' && !draining);
      const found = running.find(({ loggedIn }) => loggedIn === false) ?? running[0];
      if (found === undefined)
        throw new GatewayError('instance_not_running', 'No Lingma runs that could be signed in to');
      return found.name;
    },
    async start(name, options) {
      const { loggedIn, state } = instanceOf(name);
      if (state !== 'ready') throw new GatewayError('instance_not_running', `The instance "${name}" does not run`);
      if (service.report(name)?.running === true) return started(name);
      if (loggedIn === true && options.force !== true) return { instance: name, state: 'logged_in' };
      return begin(name, options);
    },
    callback: async (id, url) => view((await service.callback(id, url)).instance),
    cancel: (name) => service.cancel(instanceOf(name).name),
    logout: (name, signal) => pool.logout(name, { signal }),
  };

  /** Answers once it has begun, or with the address where a person is to sign in. */
  async function begin(name: string, { way = 'auto', headed, force: _, ...rest }: LoginStart): Promise<LoginStarted> {
    let tell: (url?: string) => void = () => undefined;
    const begun = new Promise<string | undefined>((resolve) => {
      tell = resolve;
    });
    const login = pool.login(name, {
      ...rest,
      way,
      ...(headed !== undefined && { headed }),
      onStart: () => way !== 'paste' && tell(),
      onUrl: ({ url }) => tell(url),
    });
    login.then(
      () => tell(),
      (error: unknown) => logger.debug('login ended', { instance: name, code: codeOf(error) }),
    );
    // One that was running already says nothing of how it began.
    const url = await Promise.race([begun, login.then(() => undefined)]).catch((error: unknown) => {
      throw toGatewayError(error);
    });
    return started(name, url);
  }
}

function stateOf(report: LoginReport | undefined, loggedIn: boolean | undefined, hasBundle: boolean): LoginStateName {
  if (report?.running === true) return report.state;
  if (loggedIn === true) return 'logged_in';
  if (hasBundle) return 'bundle';
  if (report !== undefined && report.state !== 'logged_in') return report.state;
  return loggedIn === false ? 'needed' : 'idle';
}

/** Enough for an operator to tell two accounts apart. */
const masked = (user: string): string => `${[...user][0] ?? ''}***`;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : 'unknown';

/** What a login fails with before it has begun. Its words are ours, and hold nothing of an account. */
function toGatewayError(error: unknown): GatewayError {
  if (GatewayError.isInstance(error)) return error;
  const code = codeOf(error);
  const message = error instanceof Error && error.name === 'LoginError' ? error.message : 'Signing in did not begin';
  if (code === 'no_way') return new GatewayError('no_login_way', message, { shouldRetry: false });
  return new GatewayError('upstream_error', message, { details: { login_error: String(code) } });
}
