/**
 * Environment variables that the two earlier Lingma gateways read and this one does not. None is passed over in silence:
 * whoever brings an old environment along is told what has no effect here, and what there is instead.
 */

import type { Language } from './texts/language.js';

export interface PredecessorVariable {
  /** A name, or the beginning of one with `*`. */
  readonly name: string;
  /** What happens instead, after "has no effect: ". Never speaks of the value, which may be a secret. */
  readonly reason: Readonly<Record<Language, string>>;
  /** Whoever sets it has a Lingma of their own in mind: no simulator may answer in its place. */
  readonly meansRealLingma?: true;
}

const ATTACHES = {
  en: 'the gateway attaches to one Lingma that runs already and uses the login it has',
  'zh-CN': '网关只连接一个已经在运行的灵码，并沿用它的登录状态',
};
const NO_LOGIN = {
  en: 'the gateway does not log in; log in once through the IDE, or in Lingma itself',
  'zh-CN': '网关不负责登录；请在 IDE 或灵码中登录一次',
};
const NO_DOWNLOAD = {
  en: 'the gateway downloads no Lingma; install the IDE plug-in, or start a Lingma of your own',
  'zh-CN': '网关不下载灵码；请安装 IDE 插件，或自行启动灵码',
};
const NO_SESSION_CACHE = {
  en: 'whether sessions are kept is said by LINGMA_GATEWAY_SESSION_MODE (fresh, reuse, auto)',
  'zh-CN': '会话是否保留由 LINGMA_GATEWAY_SESSION_MODE（fresh、reuse、auto）决定',
};
const ONE_WAY = {
  en: 'there is one way to Lingma here, its local process',
  'zh-CN': '这里只有一种接入方式，即本机的灵码进程',
};
const NO_FLAT_FILE = {
  en: 'the flat file of the earlier proxy is not read; give its settings in a file for --config',
  'zh-CN': '不读取旧代理的扁平配置文件；请把其中的设置写进 --config 所用的文件',
};

const VARIABLES: readonly PredecessorVariable[] = [
  { name: 'LINGMA_ACCOUNTS', reason: ATTACHES, meansRealLingma: true },
  { name: 'LINGMA_INSTANCE_COUNT', reason: ATTACHES, meansRealLingma: true },
  { name: 'LINGMA_USERNAME', reason: NO_LOGIN, meansRealLingma: true },
  { name: 'LINGMA_PASSWORD', reason: NO_LOGIN, meansRealLingma: true },
  { name: 'LINGMA_SESSION_BUNDLE', reason: NO_LOGIN, meansRealLingma: true },
  { name: 'LINGMA_SESSION_BUNDLE_FILE', reason: NO_LOGIN, meansRealLingma: true },
  { name: 'AUTO_LOGIN_*', reason: NO_LOGIN },
  { name: 'SESSION_REUSE_ENABLED', reason: NO_SESSION_CACHE },
  { name: 'SESSION_CACHE_*', reason: NO_SESSION_CACHE },
  { name: 'LINGMA_SOURCE_TYPE', reason: NO_DOWNLOAD },
  { name: 'LINGMA_MARKETPLACE_*', reason: NO_DOWNLOAD },
  { name: 'LINGMA_VSIX_URL', reason: NO_DOWNLOAD },
  { name: 'LINGMA_BOOTSTRAP_ALWAYS', reason: NO_DOWNLOAD },
  { name: 'LINGMA_FORCE_REFRESH', reason: NO_DOWNLOAD },
  { name: 'LINGMA_PROXY_CONFIG', reason: NO_FLAT_FILE },
  { name: 'LINGMA_PROXY_BACKEND', reason: ONE_WAY },
  { name: 'LINGMA_PROXY_REMOTE_*', reason: ONE_WAY },
];

/** Those of `env` that are set, each under the name it has there. Blank counts as absent, as with every setting. */
export function predecessorVariables(
  env: Readonly<Record<string, string | undefined>>,
): readonly PredecessorVariable[] {
  return Object.entries(env).flatMap(([name, text]) => {
    if (text === undefined || text.trim() === '') return [];
    const known = VARIABLES.find((variable) => names(variable.name, name));
    return known === undefined ? [] : [{ ...known, name }];
  });
}

const names = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
