/** What of the settings the gateway itself is told, and what the operator may not have meant by them. */
import type { Channel } from '../../chat/index.js';
import { type GatewayConfig, isLoopbackHost } from '../../config/index.js';
import type { KeyStore } from '../../data/index.js';
import { type Logger, MAX_TIMER_MS } from '../../util/index.js';
import type { NamedKey } from '../access/auth.js';
import { toNamedKey } from '../access/key-admin.js';
import type { GatewaySettings } from '../gateway-options.js';

export type KeysOf = (configured: readonly NamedKey[]) => readonly NamedKey[];

/** Those of the settings and those made at run time. The same list for the same keys: what was counted of them goes on. */
export function createKeysOf(store: KeyStore | undefined, logger: Logger): KeysOf {
  if (store === undefined) return (configured) => configured;
  let made: { readonly from: readonly unknown[]; readonly keys: readonly NamedKey[] } | undefined;
  return (configured) => {
    const stored = store.list();
    if (made?.from[0] === configured && made.from[1] === stored) return made.keys;
    const taken = new Set(configured.map(({ name }) => name));
    const own = stored.filter(({ name }) => {
      if (taken.has(name)) logger.warn('Two keys have this name: the one of the settings counts', { name });
      return !taken.has(name);
    });
    made = { from: [configured, stored], keys: [...configured, ...own.map(toNamedKey)] };
    return made.keys;
  };
}

/** What can be exchanged while the gateway runs. */
export function settingsOf(config: GatewayConfig, channel: Channel, keysOf: KeysOf): GatewaySettings {
  const { server, auth, admission, models, streaming, toolForwarding, lingma, sessions } = config;
  return {
    channel,
    clientKeys: auth.clientKeys,
    namedKeys: keysOf(auth.keys),
    ...(auth.adminToken !== undefined && { adminToken: auth.adminToken }),
    ...(auth.metricsToken !== undefined && { metricsToken: auth.metricsToken }),
    metricsPublic: auth.metricsPublic,
    // Beyond loopback the names under which others reach us are not ours to know, and keys are required there.
    allowedHosts: isLoopbackHost(server.host) ? server.allowedHosts : ['*'],
    cors: { origins: server.corsOrigins },
    maxBodyBytes: server.maxBodyBytes,
    maxBodyMemoryBytes: admission.maxBodyMemoryBytes,
    maxInFlight: admission.maxInFlight,
    maxEmbeddings: admission.maxEmbeddings,
    maxQueued: admission.maxQueued,
    queueTimeoutMs: admission.queueTimeoutMs,
    requestTimeoutMs: requestTimeout(admission.queueTimeoutMs, lingma.totalTimeoutMs),
    streaming: { keepAliveMs: streaming.keepAliveMs, commitAfterMs: streaming.commitAfterMs },
    listAliases: models.listAliases,
    tokenCounter: models.tokenCounter,
    features: {
      tools: toolForwarding.enabled,
      sessionReuse:
        lingma.sessionMode === 'reuse' ||
        (lingma.sessionMode === 'auto' && sessions.enabled && sessions.maxEntries > 0),
    },
  };
}

/** What the operator may not have meant. */
export function warnOfAccess({ auth }: GatewayConfig, logger: Logger): void {
  if (auth.adminToken === undefined && auth.clientKeys.length + auth.keys.length > 0) {
    logger.warn('Every client key opens the administration routes: there is no admin token', {
      setting: 'auth.adminToken',
    });
  }
  if (auth.metricsPublic) logger.warn('Metrics are open to everybody', { setting: 'auth.metricsPublic' });
}

/**
 * A net below the deadlines of the turns: one answer may take two turns, when the first had to be repeated. 0 is no
 * limit, as it is when the turns have none and when it is longer than a timer can hold.
 */
function requestTimeout(queueTimeoutMs: number, totalTimeoutMs: number): number {
  const limit = 3 * queueTimeoutMs + 2 * totalTimeoutMs;
  return totalTimeoutMs === 0 || limit > MAX_TIMER_MS ? 0 : limit;
}
