/**
 * Environment variables that the two earlier Lingma gateways read and this one does not. None is passed over in silence:
 * whoever brings an old environment along is told what has no effect here, and what there is instead.
 */

export interface PredecessorVariable {
  /** A name, or the beginning of one with `*`. */
  readonly name: string;
  /** What happens instead, after "has no effect: ". Never speaks of the value, which may be a secret. */
  readonly reason: string;
  /** Whoever sets it has a Lingma of their own in mind: no simulator may answer in its place. */
  readonly meansRealLingma?: true;
}

const ATTACHES = 'the gateway attaches to one Lingma that runs already and uses the login it has';
const NO_LOGIN = 'the gateway does not log in; log in once through the IDE, or in Lingma itself';
const NO_DOWNLOAD = 'the gateway downloads no Lingma; install the IDE plug-in, or start a Lingma of your own';
const NO_SESSION_CACHE = 'whether sessions are kept is said by LINGMA_GATEWAY_SESSION_MODE (fresh, reuse, auto)';
const NO_ADMIN_ROUTES = 'this version has no administration routes and no metrics that a token would open';

const VARIABLES: readonly PredecessorVariable[] = [
  { name: 'ADMIN_TOKEN', reason: NO_ADMIN_ROUTES },
  { name: 'METRICS_TOKEN', reason: NO_ADMIN_ROUTES },
  { name: 'METRICS_PUBLIC', reason: NO_ADMIN_ROUTES },
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
  {
    name: 'LINGMA_PROXY_CONFIG',
    reason: 'the flat file of the earlier proxy is not read; give its settings in a file for --config',
  },
  { name: 'LINGMA_PROXY_BACKEND', reason: 'there is one way to Lingma here, its local process' },
  { name: 'LINGMA_PROXY_REMOTE_*', reason: 'there is one way to Lingma here, its local process' },
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
