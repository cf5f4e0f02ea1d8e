/** Whose Lingma answers: processes of the gateway's own, one that runs already, or whatever is found. */
import type { Origin } from '../origin.js';
import type { bootstrapSection } from '../sections/bootstrap.js';
import type { lingmaSection } from '../sections/lingma.js';
import type { SectionValues } from '../setting.js';

/** The part of the configuration that says which instances there are. */
export interface InstanceSettings {
  readonly lingma: Omit<SectionValues<typeof lingmaSection>, 'nativeTools'>;
  /** Absent: nothing is said of where an executable comes from. */
  readonly bootstrap?: SectionValues<typeof bootstrapSection>;
}

/** By setting path, as `LoadedConfig` has them. */
export type Origins = Readonly<Record<string, Origin>>;

/**
 * `managed`: the gateway starts Lingma processes. `attached`: it uses the Lingma that the settings point at. `discover`: none was
 * spoken of, so one is looked for; here alone the simulator may stand in.
 *
 * `agent`: the gateway starts another program that speaks the Agent Client Protocol.
 *
 * An address wins over accounts where no executable is given, for it names a Lingma that is there.
 */
export type LingmaSource = 'managed' | 'attached' | 'agent' | 'discover';

/** @param origins tell what was set with a value that could not be used; without them nothing was. */
export function lingmaSource(config: InstanceSettings, origins: Origins = {}): LingmaSource {
  const { bin, socketPort, workDir, instances, accounts } = config.lingma;
  if (wantsAgent(config)) return 'agent';
  if (bin !== undefined) return 'managed';
  if (namedAddresses(config).length > 0) return 'attached';
  if (wantsProcesses(config, origins)) return 'managed';
  const attaches = instances.length > 0 || accounts.length > 0 || workDir !== undefined || (socketPort ?? 0) > 0;
  return attaches ? 'attached' : 'discover';
}

/** Whether an agent is to be started. */
export function wantsAgent({ lingma }: InstanceSettings): boolean {
  return lingma.transport === 'stdio' || lingma.agent !== undefined || lingma.command !== undefined;
}

/** The settings that name a running Lingma for certain. A port or a folder may also be that of a process to start. */
export function namedAddresses({ lingma }: InstanceSettings): readonly string[] {
  return (['wsUrl', 'pipe', 'socket', 'infoFile'] as const)
    .filter((key) => lingma[key] !== undefined)
    .map((key) => `lingma.${key}`);
}

/** What the settings say of processes beside the executable: by path, those that are set. */
export function processSettings({ lingma }: InstanceSettings, origins: Origins = {}): readonly string[] {
  const isSet = (path: string): boolean => (origins[path]?.kind ?? 'default') !== 'default';
  return [
    ...(lingma.accounts.some(({ url }) => url === undefined) ? ['lingma.accounts'] : []),
    // A count that could not be read was meant to be one.
    ...(lingma.instanceCount !== undefined || isSet('lingma.instanceCount') ? ['lingma.instanceCount'] : []),
    ...(lingma.accounts.length > 0 ? [] : singleAccountSettings({ lingma })),
  ];
}

/** The settings of the one account where there is no list. */
export const SINGLE_ACCOUNT = [
  'username',
  'password',
  'sessionBundle',
  'sessionBundleFile',
  'personalToken',
  'userId',
  'accessKey',
  'secretKey',
  'orgId',
] as const;

/** Those of them that are set, by path. */
export const singleAccountSettings = ({ lingma }: InstanceSettings): readonly string[] =>
  SINGLE_ACCOUNT.filter((key) => lingma[key] !== undefined).map((key) => `lingma.${key}`);

const wantsProcesses = (config: InstanceSettings, origins: Origins): boolean =>
  processSettings(config, origins).length > 0 || wantsDownload(config, origins);

/** Settings that say where a Lingma to start is to be had. */
const DOWNLOAD_SETTINGS = ['source', 'file', 'version', 'vsixUrl', 'always', 'forceRefresh', 'publisher', 'extension'];

/** Whoever says where a Lingma is fetched from wants one that the gateway starts; who says that none is fetched says nothing. */
export function wantsDownload({ bootstrap }: InstanceSettings, origins: Origins = {}): boolean {
  if (bootstrap === undefined || bootstrap.source === 'none') return false;
  const { source, file, version } = bootstrap;
  if ((source ?? file ?? version) !== undefined) return true;
  return DOWNLOAD_SETTINGS.some((key) => (origins[`bootstrap.${key}`]?.kind ?? 'default') !== 'default');
}
