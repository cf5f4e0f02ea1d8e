/** What the settings of instances must keep to among each other, and what is set without effect. */
import type { Language } from '../texts/language.js';
import {
  type InstanceSettings,
  lingmaSource,
  namedAddresses,
  type Origins,
  processSettings,
  singleAccountSettings,
  wantsAgent,
} from './lingma-source.js';
import { managedAccounts, planInstances } from './plan-instances.js';

/** About the setting at `path`. */
export interface InstanceFinding {
  readonly path: string;
  readonly message: Readonly<Record<Language, string>>;
  readonly hint: Readonly<Record<Language, string>>;
}

/** The first thing that forbids to start, if any. */
export function instanceProblem(config: InstanceSettings): InstanceFinding | undefined {
  const [address] = namedAddresses(config);
  if (wantsAgent(config)) return agentProblem(config, address) ?? shared(config);
  if (config.lingma.bin !== undefined && address !== undefined) {
    return {
      path: 'lingma.bin',
      message: {
        en: `a Lingma to start was given, and with ${address} one that runs already`,
        'zh-CN': `指定了要启动的灵码，同时又用 ${address} 指定了正在运行的灵码`,
      },
      hint: {
        en: `leave out lingma.bin (LINGMA_BIN) or ${address}; to use both, put the address into lingma.instances`,
        'zh-CN': `去掉 lingma.bin（LINGMA_BIN）或 ${address}；两者都要用时，把地址写进 lingma.instances`,
      },
    };
  }
  return shared(config);
}

/** An agent is started by its program, and takes the place of a Lingma. */
function agentProblem({ lingma }: InstanceSettings, address: string | undefined): InstanceFinding | undefined {
  const { agent, command, transport, bin } = lingma;
  if (agent === undefined && command === undefined) {
    return {
      path: 'lingma.transport',
      message: { en: 'stdio was chosen, and no program to start', 'zh-CN': '选择了 stdio，但没有指定要启动的程序' },
      hint: { en: 'name one with --agent or --command', 'zh-CN': '用 --agent 或 --command 指定' },
    };
  }
  const path = agent === undefined ? 'lingma.command' : 'lingma.agent';
  const other =
    bin !== undefined
      ? 'lingma.bin'
      : (address ?? (transport === 'auto' || transport === 'stdio' ? undefined : 'lingma.transport'));
  if (other === undefined) return undefined;
  return {
    path,
    message: {
      en: `an agent to start was given, and with ${other} another way to a Lingma`,
      'zh-CN': `指定了要启动的智能体，同时又用 ${other} 指定了另一种连接灵码的方式`,
    },
    hint: {
      en: `leave out ${path} or ${other}; to use both, put the address into lingma.instances`,
      'zh-CN': `去掉 ${path} 或 ${other}；两者都要用时，把地址写进 lingma.instances`,
    },
  };
}

/** Two processes in one folder would destroy each other's login. */
function shared(config: InstanceSettings): InstanceFinding | undefined {
  const plans = planInstances(config);
  const path = config.lingma.accounts.length > 0 ? 'lingma.accounts' : 'lingma.instances';
  for (const { index, name, workDir } of plans) {
    const before = plans.slice(0, index);
    const sameName = before.find((other) => other.name === name);
    const sameFolder = before.find((other) => workDir !== undefined && other.workDir === workDir);
    const other = sameName ?? sameFolder;
    if (other === undefined) continue;
    const what = sameName === undefined ? { en: 'folder', zh: '目录' } : { en: 'name', zh: '名字' };
    return {
      path,
      message: {
        en: `instances ${other.index + 1} and ${index + 1} have the same ${what.en}`,
        'zh-CN': `第 ${other.index + 1} 个和第 ${index + 1} 个实例的${what.zh}相同`,
      },
      hint: {
        en: 'names and folders of instances must differ; without names they are inst-0, inst-1 and so on',
        'zh-CN': '实例的名字和目录不能重复；不写名字时依次为 inst-0、inst-1……',
      },
    };
  }
  return undefined;
}

/** True when no address of the pool leads to another machine. */
export function stayOnThisMachine({ lingma }: InstanceSettings, isLocal: (hostname: string) => boolean): boolean {
  const urls = [lingma.wsUrl, ...lingma.accounts.map(({ url }) => url), ...lingma.instances.map(({ wsUrl }) => wsUrl)];
  return urls.every((url) => url === undefined || isLocal(new URL(url).hostname));
}

export type InstanceWarning = Omit<InstanceFinding, 'hint'>;

/** What was set and does less than it says. Never a value: most of them are secrets. */
export function instanceWarnings(config: InstanceSettings, origins: Origins): readonly InstanceWarning[] {
  const { lingma } = config;
  const [address] = namedAddresses(config);
  const isManaged = lingmaSource(config, origins) === 'managed';
  const listed = lingma.accounts.length > 0;
  return [
    ...(listed ? singleAccountSettings(config).map((path) => overruled(path, 'lingma.accounts')) : []),
    ...(address === undefined ? [] : processSettings(config, origins).map((path) => overruled(path, address))),
    ...(isManaged ? processWarnings(config) : placesWithoutEffect(config)),
  ];
}

/** Where all addresses stand in lists, a single one has no part in it. */
function placesWithoutEffect({ lingma }: InstanceSettings): InstanceWarning[] {
  const lists = (['accounts', 'instances'] as const).filter((key) => lingma[key].length > 0);
  const [list] = lists;
  if (list === undefined || namedAddresses({ lingma }).length > 0) return [];
  const places = (['workDir', 'socketPort'] as const).filter((key) => lingma[key] !== undefined && lingma[key] !== 0);
  return places.map((key) => overruled(`lingma.${key}`, `lingma.${list}`));
}

function processWarnings(config: InstanceSettings): InstanceWarning[] {
  const { lingma } = config;
  const warnings: InstanceWarning[] = [];
  const accounts = managedAccounts(config).length;
  const [single] = lingma.accounts.length > 0 ? [] : singleAccountSettings(config);
  if (accounts === 0 && single !== undefined) warnings.push(incomplete(single));
  if (single !== undefined && lingma.sessionBundle !== undefined && lingma.sessionBundleFile !== undefined) {
    warnings.push(overruled('lingma.sessionBundleFile', 'lingma.sessionBundle'));
  }
  lingma.accounts.forEach(({ sessionBundle, sessionBundleFile }, index) => {
    if (sessionBundle !== undefined && sessionBundleFile !== undefined) warnings.push(twoBundles(index));
  });
  const { instanceCount = accounts } = lingma;
  if (accounts > 0 && instanceCount !== accounts) warnings.push(uneven(instanceCount, accounts));
  return warnings;
}

const overruled = (path: string, by: string): InstanceWarning => ({
  path,
  message: {
    en: `${path} has no effect, because ${by} is set`,
    'zh-CN': `${path} 不起作用，因为已设置 ${by}`,
  },
});

const incomplete = (path: string): InstanceWarning => ({
  path,
  message: {
    en: 'not enough to sign in: a user name needs its password, a personal token its user id, an access key its secret key',
    'zh-CN': '不足以登录：用户名需要配上密码，个人令牌需要配上用户 id，访问密钥 id 需要配上其密钥',
  },
});

const twoBundles = (index: number): InstanceWarning => ({
  path: 'lingma.accounts',
  message: {
    en: `the sessionBundleFile of account ${index + 1} has no effect, because its sessionBundle is set`,
    'zh-CN': `第 ${index + 1} 个账号的 sessionBundleFile 不起作用，因为它已有 sessionBundle`,
  },
});

const uneven = (instances: number, accounts: number): InstanceWarning => ({
  path: 'lingma.instanceCount',
  message:
    instances > accounts
      ? {
          en: `${instances} instances share ${accounts} account(s): they are used again in order`,
          'zh-CN': `${instances} 个实例共用 ${accounts} 个账号：按顺序重复使用`,
        }
      : {
          en: `only the first ${instances} of ${accounts} accounts are used`,
          'zh-CN': `${accounts} 个账号中只使用前 ${instances} 个`,
        },
});
