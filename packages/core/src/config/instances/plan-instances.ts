/** Which instances of Lingma the settings ask for: names, folders, ports and accounts, before anything is started. */
import type { Secret } from '../../util/index.js';
import { type AccountConfig, canSignIn } from './account.js';
import { AGENT_PRESETS } from './agent-presets.js';
import {
  type InstanceSettings,
  type LingmaSource,
  lingmaSource,
  namedAddresses,
  type Origins,
  SINGLE_ACCOUNT,
} from './lingma-source.js';

/** What an instance may sign in with. */
export type InstanceAccount = Omit<AccountConfig, 'name' | 'weight' | 'workDir' | 'url'>;

/** Where an attached instance is. Absent members are not given; one of them is. */
export interface InstanceAddress {
  readonly wsUrl?: string;
  readonly pipe?: string;
  readonly infoFile?: string;
}

/** One Lingma that the settings ask for. */
export interface InstancePlan {
  /** Unique in the pool. */
  readonly name: string;
  /** Its place in the pool; its folder goes by this, whatever its name. */
  readonly index: number;
  /** Its share of the load, above 0. */
  readonly weight: number;
  readonly kind: 'managed' | 'attached' | 'agent';
  /** Agent: what is started, and how. */
  readonly agent?: AgentPlan;
  /** Managed: its own. As the settings have it: relative to where the gateway runs, if they say so. */
  readonly workDir?: string;
  /** Managed: the WebSocket port to take if it is free. Absent: any free one. */
  readonly wishedPort?: number;
  /** Managed: the folder that one process alone would have; its login may be taken over where {@link workDir} has none yet. */
  readonly loginFrom?: string;
  readonly account?: InstanceAccount;
  /** Attached. Absent: where the gateway's own settings say, or wherever one is found. */
  readonly address?: InstanceAddress;
}

/** An agent that is to be started. */
export interface AgentPlan {
  /** For the log and for people. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The npm package that brings the command. */
  readonly package?: string;
  /** Where its home and its working folder lie. As the settings have it. */
  readonly stateDir: string;
  readonly cwd?: string;
  readonly home: 'own' | 'user';
  readonly credentials: readonly string[];
  readonly variables: Readonly<Record<string, Secret>>;
  /** Come after all others, unless it may act as it likes (`lingma.nativeTools`). */
  readonly askingVariables: Readonly<Record<string, string>>;
  readonly framing: 'content-length' | 'ndjson';
  readonly signIn?: string;
  readonly processes: number;
}

/** The port that Lingma itself likes best. */
const USUAL_PORT = 36510;

/** What becomes an instance, before it has a place. */
interface Draft {
  readonly name?: string | undefined;
  readonly weight?: number | undefined;
  readonly kind: InstancePlan['kind'];
  readonly workDir?: string | undefined;
  readonly account?: InstanceAccount | undefined;
  readonly address?: InstanceAddress;
}

/** At least one. @param origins as for `lingmaSource` */
export function planInstances(config: InstanceSettings, origins: Origins = {}): readonly InstancePlan[] {
  const source = lingmaSource(config, origins);
  const processes = source === 'managed' ? managedDrafts(config) : [];
  const agents = source === 'agent' ? agentDrafts(config) : [];
  const drafts = [...processes, ...agents, ...attachedDrafts(config, source)];
  if (drafts.length === 0) drafts.push({ kind: 'attached' });
  const ownProcesses = drafts.filter(({ kind }) => kind === 'managed').length;
  return drafts.map((draft, index) => {
    const { name = `inst-${index}`, weight = 1, kind, account, address } = draft;
    return {
      name,
      index,
      weight,
      kind,
      ...(kind === 'agent' && { agent: agentPlan(config, index) }),
      ...(kind === 'managed' && place(config, draft, index, ownProcesses)),
      ...(account !== undefined && { account }),
      ...(address !== undefined && { address }),
    };
  });
}

/** Accounts in their order, then the first ones again where more processes are wanted. */
function managedDrafts(config: InstanceSettings): Draft[] {
  const accounts = managedAccounts(config);
  const count = config.lingma.instanceCount ?? Math.max(1, accounts.length);
  return Array.from({ length: count }, (_, index) => {
    const account = accounts[index % Math.max(1, accounts.length)];
    if (account === undefined) return { kind: 'managed' };
    // Name and folder can be had once.
    const own = index < accounts.length ? account : {};
    return {
      kind: 'managed',
      name: own.name,
      workDir: own.workDir,
      weight: account.weight,
      account: credentials(account),
    };
  });
}

function agentDrafts({ lingma }: InstanceSettings): Draft[] {
  return Array.from({ length: lingma.instanceCount ?? 1 }, () => ({ kind: 'agent' }));
}

function agentPlan({ lingma }: InstanceSettings, index: number): AgentPlan {
  const { agent, cwd, agentHome: home, env: variables, framing, agentProcesses: processes } = lingma;
  const preset = agent === undefined ? undefined : AGENT_PRESETS[agent];
  const command = lingma.command ?? preset?.command ?? '';
  const title = agent ?? command.split(/[\\/]/).at(-1) ?? '';
  const folder = title.replace(/[^\w.-]+/g, '-') || 'agent';
  return {
    title,
    command,
    args: [...(preset?.args ?? []), ...lingma.args],
    ...(preset !== undefined && lingma.command === undefined && { package: preset.package }),
    stateDir: within(lingma.dataDir, `agents/${index === 0 ? folder : `${folder}-${index}`}`),
    ...(cwd !== undefined && { cwd }),
    home,
    credentials: preset?.credentials ?? [],
    variables,
    askingVariables: preset?.askingVariables ?? {},
    framing: framing === 'auto' ? 'ndjson' : framing,
    ...(preset !== undefined && { signIn: preset.signIn }),
    processes,
  };
}

function attachedDrafts(config: InstanceSettings, source: LingmaSource): Draft[] {
  const { accounts, instances } = config.lingma;
  const first: Draft[] = source === 'attached' && namedAddresses(config).length > 0 ? [{ kind: 'attached' }] : [];
  const ofAccounts = accounts.flatMap((account): Draft[] => {
    const { name, weight, url: wsUrl } = account;
    if (wsUrl === undefined) return [];
    const mayHelp = canSignIn(account) ? { account: credentials(account) } : {};
    return [{ name, weight, kind: 'attached', address: { wsUrl }, ...mayHelp }];
  });
  const others = instances.map(({ name, weight, ...address }): Draft => ({ name, weight, kind: 'attached', address }));
  return [...first, ...ofAccounts, ...others];
}

/** Those that a process is started for: the list's, else the one that single settings make. */
export function managedAccounts({ lingma }: InstanceSettings): readonly AccountConfig[] {
  if (lingma.accounts.length > 0) return lingma.accounts.filter(({ url }) => url === undefined);
  const set = SINGLE_ACCOUNT.filter((key) => lingma[key] !== undefined).map((key) => [key, lingma[key]] as const);
  const account = Object.fromEntries(set) as AccountConfig;
  return canSignIn(account) ? [account] : [];
}

function credentials(account: AccountConfig): InstanceAccount {
  const { name: _, weight: __, workDir: ___, url: ____, ...rest } = account;
  return rest;
}

function place(
  config: InstanceSettings,
  draft: Draft,
  index: number,
  ownProcesses: number,
): Pick<InstancePlan, 'workDir' | 'wishedPort' | 'loginFrom'> {
  const { socketPort = USUAL_PORT } = config.lingma;
  const plain = plainFolder(config);
  if (ownProcesses === 1) {
    return { workDir: draft.workDir ?? plain, ...(socketPort > 0 && { wishedPort: socketPort }) };
  }
  if (draft.workDir !== undefined) return { workDir: draft.workDir };
  const workDir = within(poolFolder(config), `inst-${index}`);
  return { workDir, ...(index === 0 && { loginFrom: plain }) };
}

/** Where the one process of a gateway lives. */
const plainFolder = ({ lingma }: InstanceSettings): string =>
  lingma.workDir ?? within(lingma.dataDir, '.lingma/vscode/sharedClientCache');

/** Beside what Lingma calls its shared folder, as the Python gateway had it; else inside of the folder given. */
function poolFolder(config: InstanceSettings): string {
  const { poolDir } = config.lingma;
  if (poolDir !== undefined) return poolDir;
  const plain = plainFolder(config);
  const shared = /^(|.*[\\/])vscode[\\/]sharedClientCache[\\/]*$/.exec(plain)?.[1];
  return shared === undefined ? within(plain, 'pool') : `${shared}pool`;
}

/** A folder's member, with the sign that the folder itself is written with. */
function within(folder: string, member: string): string {
  const sign = folder.includes('\\') && !folder.includes('/') ? '\\' : '/';
  const parts = member.split('/').join(sign);
  return /[\\/]$/.test(folder) ? `${folder}${parts}` : `${folder}${sign}${parts}`;
}
