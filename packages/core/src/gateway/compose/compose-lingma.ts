/**
 * The Lingmas that the settings ask for, as one pool: which there are, how each is reached or started, what they share.
 *
 * Over 250 lines: each of them is made from settings that no other part reads.
 */
import { dirname, resolve } from 'node:path';
import { type CallContext, GatewayError } from '../../chat/index.js';
import {
  type GatewayConfig,
  type InstanceAccount,
  type InstancePlan,
  isSameSetting,
  type LoadedConfig,
  planInstances,
  secretVariables,
} from '../../config/index.js';
import {
  type BinaryPort,
  type DiscoveryReport,
  isWorkDirHeld,
  type LingmaClientOptions,
  type LoginService,
  searchLingma,
} from '../../lingma/index.js';
import {
  ConversationCache,
  type ConversationStore,
  type InstanceSpec,
  type InstanceStatus,
  LingmaPool,
} from '../../pool/index.js';
import type { InstanceAdmin, LoginAdmin, SessionAdmin } from '../gateway-admin.js';
import type { ObservedInstance } from '../observe/gauges.js';
import type { UpstreamView } from '../observe/observation.js';
import { AGENT_STARTUP_MS, agentSpec } from './compose-agent.js';
import { type ClientSources, clientOptions, discoveryOptions, transportOf } from './compose-client.js';
import { composeLogin, lazyLogin } from './compose-login.js';
import { composeSessions } from './compose-sessions.js';

/** What the Lingmas of a composed gateway are reached with. */
export interface LingmaSources extends ClientSources {
  /** Where Lingma is, whatever the configuration says. */
  readonly address?: string | undefined;
  /** Of the settings: they tell what was set with a value that could not be used. */
  readonly origins?: LoadedConfig['origins'] | undefined;
  /** In place of memory. */
  readonly conversations?: ConversationStore | undefined;
  /** Signs instances in. Absent: nobody does. Loaded when somebody is to be signed in. */
  readonly login?: (() => Promise<LoginService>) | undefined;
  /** Of managed processes. Default: `lingma.bin` alone. */
  readonly binary?: BinaryPort | undefined;
}

/** The Lingma that was reached: for the operator, not for clients. */
export type LingmaDetails = Pick<InstanceStatus, 'address' | 'server' | 'dialect' | 'loggedIn' | 'isAgent' | 'remarks'>;

export interface ComposedLingma {
  readonly pool: LingmaPool;
  /** Absent: each request has a session of its own, or the model's one. */
  readonly conversations?: ConversationStore;
  /** For metrics and statistics. */
  readonly view: UpstreamView;
  readonly admin: InstanceAdmin;
  /** Absent: instances are signed in elsewhere. */
  readonly login?: LoginAdmin;
  readonly sessions: SessionAdmin;
  /**
   * Brings the pool to the instances that these settings ask for: new ones join at once, those that are asked for no longer end
   * with their turns. Absent: they are given from elsewhere.
   *
   * @throws TypeError where the settings make no sense; nothing has changed then
   */
  readonly reconcile?: (config: GatewayConfig, origins: LoadedConfig['origins']) => void;
  /** @throws GatewayError as `LingmaPool.start` */
  connect(context?: Partial<CallContext>): Promise<LingmaDetails>;
  /** Lets go of the conversations' sessions, then of the instances. */
  close(): Promise<void>;
}

/** Opens and starts nothing yet. @throws TypeError when `lingma.nativeTools` is `run` and there is no runner */
export function composeLingma(config: GatewayConfig, sources: LingmaSources): ComposedLingma {
  const { lingma } = config;
  const { address, origins, logger } = sources;
  let plans: readonly InstancePlan[] =
    address === undefined
      ? planInstances(config, origins)
      : [{ name: 'inst-0', index: 0, weight: 1, kind: 'attached', address: { wsUrl: address } }];
  const service = sources.login && lazyLogin(sources.login, config.login.enabled);
  const pool = new LingmaPool({
    ...(service !== undefined && { login: service }),
    instances: plans.map((plan) => instanceSpec(plan, plans.length, config, sources)),
    client: clientOptions(config, sources),
    startupTimeoutMs: Math.max(
      lingma.startupTimeoutMs,
      plans.some(({ kind }) => kind === 'agent') ? AGENT_STARTUP_MS : 0,
    ),
    releaseSessions: async (instance) => conversations?.invalidate(instance),
    logger,
    ...(sources.clock !== undefined && { clock: sources.clock }),
  });
  const reconcile = (next: GatewayConfig, nextOrigins: LoadedConfig['origins']): void => {
    const wanted = planInstances(next, nextOrigins);
    const specs = wanted.map((plan) => instanceSpec(plan, wanted.length, next, sources));
    const present = new Set(pool.status().instances.map(({ name }) => name));
    for (const [at, plan] of wanted.entries()) {
      const spec = specs[at] as InstanceSpec;
      const before = plans.find(({ name }) => name === plan.name);
      if (!present.has(plan.name)) pool.add(spec);
      // One that is leaving since the settings before comes back as another.
      else if (before === undefined || !isSameSetting(before, plan)) pool.replace(plan.name, spec);
    }
    const names = new Set(wanted.map(({ name }) => name));
    for (const { name } of plans) {
      if (names.has(name)) continue;
      pool.remove(name).catch((cause: unknown) => logger.warn('An instance did not leave', { instance: name, cause }));
    }
    plans = wanted;
  };
  const conversations: ConversationStore | undefined = conversationsOf(config, pool, sources);
  const accountOf = (name: string): InstancePlan['account'] => plans.find((plan) => plan.name === name)?.account;
  const login =
    service &&
    composeLogin(
      pool,
      service,
      {
        ...{ enabled: config.login.enabled, maxAttempts: config.login.maxAttempts },
        hasBundle: (name) => bundleOf(accountOf(name), false) !== undefined,
        userOf: (name) => accountOf(name)?.username,
      },
      logger,
    );
  return {
    pool,
    ...(login !== undefined && { login }),
    sessions: composeSessions(pool, logger),
    ...(conversations !== undefined && { conversations }),
    view: {
      ...viewOf(pool, conversations, config),
      ...(login !== undefined && {
        instances: () => {
          const states = new Map(login.list().map(({ name, state }) => [name, state]));
          return pool.status().instances.map((one) => withLogin(one, states.get(one.name)));
        },
        onLoginAttempt: (listener) => service?.onAttempt(listener),
      }),
    },
    admin: {
      drain: (name) => pool.drain(name),
      resume: (name) => pool.resume(name),
      restart: (name) => pool.restart(name),
      queryModels: (name, signal) => pool.queryModels(name, { signal }),
    },
    ...(address === undefined && { reconcile }),
    async connect(context) {
      await pool.start(context);
      const { instances } = pool.status();
      const reached = instances.find(({ ready }) => ready) ?? instances.find(({ state }) => state === 'ready');
      if (reached !== undefined) return reached;
      throw new GatewayError('not_ready', 'No Lingma is ready');
    },
    async close() {
      // One of the caller's is still wanted.
      if (conversations instanceof ConversationCache && conversations !== sources.conversations) conversations.close();
      await pool.close();
    },
  };
}

const withLogin = (instance: InstanceStatus, loginState: string | undefined): ObservedInstance =>
  loginState === undefined ? instance : { ...instance, loginState };

function viewOf(
  pool: LingmaPool,
  conversations: ConversationStore | undefined,
  { sessions }: GatewayConfig,
): UpstreamView {
  return {
    instances: () => pool.status().instances,
    ...(conversations !== undefined && {
      sessions: () => ({
        enabled: true,
        maxEntries: sessions.maxEntries,
        ttlMs: sessions.ttlMs,
        ...conversations.stats(),
      }),
    }),
    onState: (listener) => {
      pool.on('state', ({ instance, state }) => listener(instance, state));
    },
  };
}

function conversationsOf(
  { lingma, sessions }: GatewayConfig,
  pool: LingmaPool,
  { conversations, clock }: LingmaSources,
): ConversationStore | undefined {
  const { enabled, maxEntries, ttlMs } = sessions;
  if (lingma.sessionMode !== 'auto' || !enabled || maxEntries === 0) return undefined;
  if (conversations !== undefined) return conversations;
  return new ConversationCache({
    maxEntries,
    ttlMs,
    ...(clock !== undefined && { clock }),
    onDrop: ({ sessionId, instance }) => {
      if (instance !== undefined) pool.discardSession(sessionId, instance);
    },
  });
}

function instanceSpec(
  { name, index, weight, kind, workDir, wishedPort, loginFrom, account, address, agent }: InstancePlan,
  count: number,
  config: GatewayConfig,
  sources: LingmaSources,
): InstanceSpec {
  const { lingma } = config;
  const quotaOf = accountName(account);
  const common = {
    ...{ name, index, weight, maxInFlight: lingma.maxConnections },
    ...(quotaOf !== undefined && { account: quotaOf }),
    ...(account !== undefined && { credentials: withDomain(account, lingma.dedicatedDomainUrl) }),
  };
  if (kind === 'attached') {
    const folder = folderOf(address, lingma);
    const client = attached(address, count, config, sources);
    return { ...common, client, ...(folder !== undefined && { workDir: resolve(folder) }) };
  }
  if (agent !== undefined) return { ...common, ...agentSpec(agent, clientOptions(config, sources), sources.env) };
  if (workDir === undefined) throw new TypeError(`The instance ${name} has no work folder`);
  const sessionBundle = bundleOf(account, lingma.sessionBundleForce);
  return {
    ...common,
    process: {
      workDir: resolve(workDir),
      binary: sources.binary ?? { locate: async () => binaryOf(lingma.bin) },
      env: sources.env ?? {},
      secretVariables: secretVariables(),
      transport: transportOf(lingma),
      startupMs: lingma.startupTimeoutMs,
      args: lingma.args,
      ...(wishedPort !== undefined && { wishedPort }),
      ...(sessionBundle !== undefined && { sessionBundle }),
      ...(loginFrom !== undefined && { loginFrom: resolve(loginFrom) }),
      ...(lingma.endpoint !== undefined && { endpoint: lingma.endpoint }),
    },
  };
}

const withDomain = (account: InstanceAccount, dedicatedDomainUrl: string | undefined): InstanceAccount =>
  dedicatedDomainUrl === undefined ? account : { dedicatedDomainUrl, ...account };

/** The text wins over the file. */
function bundleOf(
  account: InstancePlan['account'],
  force: boolean,
): NonNullable<InstanceSpec['process']>['sessionBundle'] {
  const { sessionBundle: text, sessionBundleFile: file } = account ?? {};
  if (text !== undefined) return { text, force };
  return file === undefined ? undefined : { file, force };
}

/** Where a Lingma that runs already keeps its login, as far as the settings say. */
function folderOf(
  address: InstancePlan['address'],
  { workDir, infoFile }: GatewayConfig['lingma'],
): string | undefined {
  const named = address === undefined ? infoFile : address.infoFile;
  if (named !== undefined) return /(^|[\\/])\.info(\.json)?$/.test(named) ? dirname(named) : named;
  return address === undefined ? workDir : undefined;
}

/** What tells accounts apart: instances of one share its quota. Shown to nobody. */
function accountName(account: InstancePlan['account']): string | undefined {
  const { username, userId, accessKey, sessionBundle, sessionBundleFile } = account ?? {};
  return (username ?? userId ?? accessKey ?? sessionBundle)?.reveal() ?? sessionBundleFile;
}

function binaryOf(bin: string | undefined): string {
  if (bin !== undefined) return resolve(bin);
  const message = 'No Lingma executable is configured; set lingma.bin (LINGMA_BIN) to its path';
  throw new GatewayError('not_ready', message, { shouldRetry: false });
}

/** An instance beside others is looked for only where the settings say, or two of them would find the same process. */
function attached(
  address: InstancePlan['address'],
  count: number,
  config: GatewayConfig,
  { env }: LingmaSources,
): LingmaClientOptions {
  const direct = address?.wsUrl ?? address?.pipe;
  if (direct !== undefined) return { address: direct };
  const discovery = discoveryOptions(config, env);
  if (address?.infoFile === undefined) return { discovery: { ...discovery, onlyExplicit: count > 1 } };
  return { discovery: { ...discovery, explicit: { infoFile: address.infoFile }, onlyExplicit: true } };
}

/** Where a gateway of this configuration looks for a running Lingma, and what is there. Never rejects. */
export function inspectLingma(
  config: GatewayConfig,
  options: Pick<LingmaSources, 'env'> = {},
): Promise<DiscoveryReport> {
  return searchLingma(discoveryOptions(config, options.env));
}

/** Whether a gateway that runs on this machine has the processes that this configuration asks for. Never rejects. */
export async function areProcessesTaken(config: GatewayConfig, origins?: LoadedConfig['origins']): Promise<boolean> {
  const folders = planInstances(config, origins).flatMap(({ workDir }) => (workDir === undefined ? [] : [workDir]));
  const held = await Promise.all(folders.map((folder) => isWorkDirHeld(resolve(folder))));
  return held.includes(true);
}
