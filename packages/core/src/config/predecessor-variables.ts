/**
 * Every environment variable of the earlier Lingma gateways: what is different where a setting takes it over, and why it has no effect
 * where none does. The warnings come from here and so do the tables of docs/upgrade.md, so that none is passed over in silence. Which
 * setting takes a name over is said by the registry alone.
 */
import { ONE_WAY } from './flat-file.js';
import { matchesName } from './name-pattern.js';
import { REGISTRY } from './schema.js';
import { variablesOf } from './setting.js';
import type { Language } from './texts/language.js';

/** A program whose variables are understood. */
export type Predecessor = 'python-gateway' | 'go-proxy' | 'other-tools';

type Text = Readonly<Record<Language, string>>;

interface Variable {
  /** A name, or the beginning of one with `*`. */
  readonly name: string;
  readonly from: readonly Predecessor[];
  /** What is different here, for those that are settings. */
  readonly note?: Text;
  /** What happens instead, after "has no effect: ". Never speaks of the value, which may be a secret. */
  readonly reason?: Text;
  /** Not a setting, and yet understood: by the command, as this flag. */
  readonly flag?: string;
}

const A: readonly Predecessor[] = ['python-gateway'];
const B: readonly Predecessor[] = ['go-proxy'];
const OTHERS: readonly Predecessor[] = ['other-tools'];

const NO_COUNTERPART: Text = {
  en: 'there is no such setting here; docs/configuration.md lists what there is',
  'zh-CN': '这里没有对应的设置；可用的设置见 docs/configuration.zh-CN.md',
};
const BROKEN_ENTRIES: Text = {
  en: 'broken entries are refused with their place in the list; they used to be skipped',
  'zh-CN': '写错的条目会报错并指出其位置；以前则被跳过',
};
const WITH_OR_WITHOUT_BIN: Text = {
  en: 'of the process that the gateway starts; without LINGMA_BIN, of a Lingma that runs already',
  'zh-CN': '指网关所启动的进程；没有设置 LINGMA_BIN 时，指已在运行的灵码',
};
const BOTH_DEFAULTS = (theirs: string, ours: string): Text => ({
  en: `default ${ours}; it was ${theirs}`,
  'zh-CN': `默认值为 ${ours}；原为 ${theirs}`,
});

const VARIABLES: readonly Variable[] = [
  { name: 'HOST', from: A, note: BOTH_DEFAULTS('0.0.0.0', '127.0.0.1') },
  { name: 'PORT', from: A },
  { name: 'API_KEYS', from: A },
  { name: 'ADMIN_TOKEN', from: A },
  { name: 'METRICS_TOKEN', from: A },
  { name: 'METRICS_PUBLIC', from: A },
  { name: 'LOG_LEVEL', from: A },
  {
    name: 'GATEWAY_MAX_IN_FLIGHT',
    from: A,
    note: {
      en: 'default 256; it was 4, for a process was thought to take one request at a time. 0 and less: no limit',
      'zh-CN': '默认值为 256；原为 4，当时以为一个进程一次只能处理一个请求。0 或负数表示不限',
    },
  },
  { name: 'GATEWAY_QUEUE_TIMEOUT_SEC', from: A },
  { name: 'LINGMA_BIN', from: A },
  { name: 'LINGMA_WORK_DIR', from: A, note: WITH_OR_WITHOUT_BIN },
  { name: 'LINGMA_SOCKET_PORT', from: A, note: WITH_OR_WITHOUT_BIN },
  { name: 'LINGMA_STARTUP_TIMEOUT', from: A, note: WITH_OR_WITHOUT_BIN },
  { name: 'LINGMA_RPC_TIMEOUT', from: A, note: BOTH_DEFAULTS('30 s', '15 s') },
  {
    name: 'DEFAULT_MODEL',
    from: A,
    note: { en: "default Lingma's own; it was org_auto", 'zh-CN': '不设时使用灵码自己的默认模型；原为 org_auto' },
  },
  {
    name: 'DEFAULT_ASK_MODE',
    from: A,
    note: { en: 'another value than chat and agent warns', 'zh-CN': '取值不是 chat 或 agent 时告警' },
  },
  { name: 'TOOL_FORWARD_ENABLED', from: A },
  { name: 'TOOL_ALLOWLIST', from: A },
  { name: 'LINGMA_ACCOUNTS', from: A, note: BROKEN_ENTRIES },
  {
    name: 'LINGMA_INSTANCE_COUNT',
    from: A,
    note: { en: 'what is no number warns, and the default stands', 'zh-CN': '不是数字时告警并使用默认值' },
  },
  { name: 'LINGMA_USERNAME', from: A },
  { name: 'LINGMA_PASSWORD', from: A },
  { name: 'LINGMA_SESSION_BUNDLE', from: A },
  { name: 'LINGMA_SESSION_BUNDLE_FILE', from: A },
  {
    name: 'LINGMA_SESSION_BUNDLE_FORCE',
    from: A,
    note: {
      en: 'new: uses the bundle also where somebody is signed in',
      'zh-CN': '新增：即使已经登录，也使用会话包',
    },
  },
  {
    name: 'SESSION_REUSE_ENABLED',
    from: A,
    note: { en: 'also finds conversations that were never found before', 'zh-CN': '以前从未命中的对话现在也能命中' },
  },
  { name: 'SESSION_CACHE_MAX_ENTRIES', from: A },
  { name: 'SESSION_CACHE_TTL_SEC', from: A },
  { name: 'AUTO_LOGIN_ENABLED', from: A },
  { name: 'AUTO_LOGIN_HEADLESS', from: A },
  { name: 'AUTO_LOGIN_TIMEOUT', from: A },
  {
    name: 'AUTO_LOGIN_MAX_RETRY',
    from: A,
    note: { en: 'tries in all, at least 1', 'zh-CN': '指总尝试次数，至少为 1' },
  },
  { name: 'DEDICATED_DOMAIN_URL', from: A },
  { name: 'LINGMA_SOURCE_TYPE', from: A },
  { name: 'LINGMA_MARKETPLACE_PUBLISHER', from: A },
  { name: 'LINGMA_MARKETPLACE_EXTENSION', from: A },
  { name: 'LINGMA_VSIX_URL', from: A },
  {
    name: 'LINGMA_BOOTSTRAP_ALWAYS',
    from: A,
    note: {
      en: 'default false; it was true: a start must not need the internet',
      'zh-CN': '默认值为 false；原为 true：启动不应依赖外网',
    },
  },
  { name: 'LINGMA_FORCE_REFRESH', from: A },
  { name: 'LINGMA_PROXY_HOST', from: B },
  { name: 'LINGMA_PROXY_PORT', from: B, note: BOTH_DEFAULTS('8095', '8317') },
  { name: 'LINGMA_PROXY_TRANSPORT', from: B },
  { name: 'LINGMA_PROXY_WS_URL', from: B },
  { name: 'LINGMA_IPC_PIPE', from: B },
  { name: 'LINGMA_PROXY_CWD', from: B },
  { name: 'LINGMA_PROXY_CURRENT_FILE_PATH', from: B },
  {
    name: 'LINGMA_PROXY_MODE',
    from: B,
    note: {
      en: 'default chat; it was agent. Another value than these two warns',
      'zh-CN': '默认值为 chat；原为 agent。取值不是这两者时告警',
    },
  },
  { name: 'LINGMA_PROXY_MODEL', from: B },
  { name: 'LINGMA_PROXY_SHELL_TYPE', from: B },
  {
    name: 'LINGMA_PROXY_SESSION_MODE',
    from: B,
    note: {
      en: '`auto` has another meaning: it goes on in the session of a conversation that it knows; it used to share one session among single messages. `reuse` and `fresh` are as before',
      'zh-CN': '`auto` 的含义变了：现在是在已知对话的会话里继续；原来是让单条消息共用一个会话。`reuse` 和 `fresh` 不变',
    },
  },
  { name: 'LINGMA_PROXY_TIMEOUT_SECONDS', from: B, note: BOTH_DEFAULTS('120 s', '900 s') },
  {
    name: 'LINGMA_PROXY_CONFIG',
    from: B,
    flag: '--config',
    note: { en: 'its flat file is read as it is', 'zh-CN': '原有的扁平文件可直接读取' },
  },
  { name: 'LINGMA_PROXY_BACKEND', from: B, reason: ONE_WAY },
  { name: 'LINGMA_PROXY_REMOTE_*', from: B, reason: ONE_WAY },
  { name: 'LINGMA_REMOTE_*', from: B, reason: ONE_WAY },
  { name: 'LINGMA_PROXY_*', from: B, reason: NO_COUNTERPART },
  { name: 'LINGMA_IPC_SOCKET', from: OTHERS },
  { name: 'LINGMA_SHARED_CLIENT_INFO', from: OTHERS },
  { name: 'LINGMA_DEDICATED_DOMAIN_URL', from: OTHERS },
];

/** One line of the upgrade tables. */
export interface PredecessorRow {
  readonly name: string;
  readonly from: readonly Predecessor[];
  /** The setting that takes it over, with the name it has today. */
  readonly setting?: { readonly path: string; readonly env: string };
  /** The flag that it is today, where it is no setting. */
  readonly flag?: string;
  /** Whether numbers are seconds, as they were. */
  readonly inSeconds: boolean;
  /** What is different, or why it has no effect. */
  readonly note?: string;
}

/** In the order of the predecessors' own documentation. */
export const describePredecessors = (language: Language = 'en'): readonly PredecessorRow[] =>
  VARIABLES.map(({ name, from, note, reason, flag }) => {
    const entry = settingOf(name);
    const said = (entry !== undefined || flag !== undefined ? note : reason)?.[language];
    return {
      name,
      from,
      ...(entry !== undefined && { setting: { path: entry.path, env: entry.setting.env[0] } }),
      ...(flag !== undefined && { flag }),
      inSeconds:
        entry !== undefined &&
        variablesOf(entry.setting).some((variable) => variable.name === name && variable.unit === 's'),
      ...(said !== undefined && { note: said }),
    };
  });

const settingOf = (name: string) =>
  REGISTRY.find(({ setting }) => variablesOf(setting).some((variable) => variable.name === name));

export interface IgnoredVariable {
  /** As it stands in the environment. */
  readonly name: string;
  readonly reason: Text;
}

/** Those of `env` that are set and have no effect. Blank counts as absent, as with every setting. */
export function ignoredVariables(env: Readonly<Record<string, string | undefined>>): readonly IgnoredVariable[] {
  return Object.entries(env).flatMap(([name, text]) => {
    if (text === undefined || text.trim() === '' || settingOf(name) !== undefined) return [];
    const known = VARIABLES.find((variable) => matchesName(variable.name, name));
    if (known?.reason === undefined) return [];
    return [{ name, reason: known.reason }];
  });
}
