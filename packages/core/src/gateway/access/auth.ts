/** Who is calling, and whether they may. One resolver for every route and header, so that no way in can be forgotten. */
import { GatewayError } from '../../chat/index.js';
import { type Clock, type Logger, type Secret, silentLogger } from '../../util/index.js';
import {
  createKeyLimiter,
  type KeyLimiter,
  type KeyLimits,
  type KeyQuota,
  type KeyUsage,
  noUsage,
} from './key-limits.js';
import { createKeyCheck, type KeyCheck, type KeyRules } from './key-rules.js';
import { createModelFilter, type ModelFilter } from './model-filter.js';
import { digest, findByHash, type KeyHeaders, offeredSecrets } from './secrets.js';

/**
 * Who a route is for. `open`: everybody, while shutting down too. `client`: holders of a client key. `admin` and `metrics`:
 * the operator's own, while shutting down too.
 */
export type AccessTier = 'open' | 'client' | 'admin' | 'metrics';

export interface Principal {
  /** The key's name; else the first digits of its hash, `admin`, `metrics`, or `anonymous`. Never the key. */
  readonly id: string;
  /** Of a named key. */
  readonly keyName?: string;
  /** What a named key may use up. */
  readonly limiter?: KeyLimiter;
  /** Where a named key may not use every model. */
  readonly models?: ModelFilter;
  /** Where a named key may not be used everywhere, for everything, or for ever. */
  readonly check?: KeyCheck;
  /** Of a named key: it may say which channel answers. Whoever has no named key may. */
  readonly pin?: true;
}

/** A client key with a name, and what may be done with it. */
export interface NamedKey extends KeyRules {
  /** In logs, in place of the key; callers' data is kept apart by it. Unique. */
  readonly name: string;
  /** Either the key or its hash. */
  readonly key?: Secret | string;
  /** SHA-256 of the key, in hexadecimal digits. */
  readonly sha256?: string;
  /** Keys that it took the place of, which are still valid for a while. */
  readonly formerKeys?: readonly { readonly sha256: string; readonly until: number }[];
  readonly limits?: KeyLimits;
  readonly quota?: KeyQuota;
  /** It may name the channel that answers (`x-lingma-channel`). Default false. */
  readonly pin?: boolean;
  /** Names that may be asked for, `*` standing for any characters. Absent: all. */
  readonly models?: readonly string[];
  /** Refused, as if it were not there, but told so. */
  readonly disabled?: boolean;
}

export interface AccessOptions {
  /** Client keys without a name of their own. */
  readonly clientKeys?: readonly (Secret | string)[];
  readonly namedKeys?: readonly NamedKey[];
  readonly adminToken?: Secret | string;
  readonly metricsToken?: Secret | string;
  /** Metrics for everybody. */
  readonly metricsPublic?: boolean;
  /** Who carries none of these is asked of the app. Default false. */
  readonly asksApp?: boolean;
  /** What named keys have used up, by name, handed from one set of keys to the next; those without a key any more are taken out. */
  readonly usages?: Map<string, KeyUsage>;
  /** Tokens that a named key spent before this process began, in a period; see {@link KeyQuota}. Default: none. */
  readonly spentBefore?: (name: string, period: string) => number;
  readonly clock: Clock;
  readonly logger?: Logger;
}

export interface Access {
  /** False: there are no client keys, nor is the app asked, and everybody is let in. */
  readonly hasKeys: boolean;
  /** @throws GatewayError `unauthenticated`, `admin_disabled`, `metrics_disabled` */
  resolve(tier: AccessTier, headers: KeyHeaders): Principal;
  /** As {@link resolve} where an app is asked as well; `undefined`: it is for the app to say. Never throws. */
  find(tier: AccessTier, headers: KeyHeaders): Principal | undefined;
  /** Who it is where it does not matter whether they may: {@link ANONYMOUS} without a valid client key. Never throws. */
  identify(headers: KeyHeaders): Principal;
}

export const ANONYMOUS: Principal = { id: 'anonymous' };
const ADMIN: Principal = { id: 'admin' };
const METRICS: Principal = { id: 'metrics' };

interface KnownKey {
  readonly hash: Buffer;
  readonly principal: Principal;
  readonly disabled: boolean;
  /** Milliseconds since the epoch; absent: as long as it is there. */
  readonly until?: number;
}

export function createAccess(options: AccessOptions): Access {
  const {
    clientKeys = [],
    namedKeys = [],
    metricsPublic = false,
    asksApp = false,
    clock,
    logger = silentLogger,
  } = options;
  const { usages = new Map<string, KeyUsage>() } = options;
  // Named ones first: a key that also stands among the others does not escape its limits.
  const keys: readonly KnownKey[] = [
    ...namedKeys.flatMap((key) => knownKeys(key, { ...options, usages })),
    ...clientKeys.map(digest).map((hash) => ({
      hash,
      principal: { id: hash.toString('hex').slice(0, 16) },
      disabled: false,
    })),
  ];
  const token = (secret: Secret | string | undefined, principal: Principal): readonly KnownKey[] =>
    secret === undefined ? [] : [{ hash: digest(secret), principal, disabled: false }];
  const admin = token(options.adminToken, ADMIN);
  const metrics = token(options.metricsToken, METRICS);
  warnOfShared({ 'client keys': keys, 'admin token': admin, 'metrics token': metrics }, logger);
  const names = new Set(namedKeys.map(({ name }) => name));
  for (const name of usages.keys()) if (!names.has(name)) usages.delete(name);

  const client = (headers: KeyHeaders): Principal =>
    keys.length === 0
      ? ANONYMOUS
      : principalOf(headers, stillValid(keys, clock), 'API key', 'Incorrect API key provided');
  const identify = (headers: KeyHeaders): Principal => {
    try {
      return client(headers);
    } catch {
      return ANONYMOUS;
    }
  };
  const resolve = (tier: AccessTier, headers: KeyHeaders): Principal => {
    switch (tier) {
      case 'open':
        return identify(headers);
      case 'client':
        return client(headers);
      case 'admin':
        if (admin.length > 0) return principalOf(headers, admin, 'admin token', 'Invalid admin token');
        if (keys.length > 0) return client(headers);
        throw new GatewayError('admin_disabled', 'There is no admin token: set ADMIN_TOKEN, or API keys');
      case 'metrics': {
        if (metricsPublic) return ANONYMOUS;
        // Whoever may administer the gateway may see its metrics; a token for them keeps out the clients.
        const allowed = [...metrics, ...admin, ...(metrics.length > 0 ? [] : keys)];
        if (allowed.length > 0) return principalOf(headers, allowed, 'metrics token', 'Invalid metrics token');
        throw new GatewayError('metrics_disabled', 'There is no metrics token: set METRICS_TOKEN, or METRICS_PUBLIC');
      }
    }
  };
  return {
    hasKeys: keys.length > 0 || asksApp,
    identify,
    resolve,
    find(tier, headers) {
      if (tier === 'open' || (tier === 'metrics' && metricsPublic)) return resolve(tier, headers);
      try {
        const principal = resolve(tier, headers);
        return principal === ANONYMOUS ? undefined : principal;
      } catch {
        // Tokens of the app's are none of the gateway's keys.
        return undefined;
      }
    },
  };
}

function knownKeys(
  key: NamedKey,
  { usages, clock, spentBefore }: Required<Pick<AccessOptions, 'usages'>> & AccessOptions,
): readonly KnownKey[] {
  const { name, sha256, limits, quota, models, disabled = false, formerKeys = [] } = key;
  if ((key.key === undefined) === (sha256 === undefined)) {
    throw new TypeError(`The key named ${name} must have either its key or the key's sha256`);
  }
  const hash = key.key === undefined ? hashOf(name, sha256 as string) : digest(key.key);
  const check = createKeyCheck(key);
  const budget = {
    ...(limits !== undefined && { limits }),
    ...(quota !== undefined && { quota }),
    ...(spentBefore !== undefined && { spentBefore: (period: string) => spentBefore(name, period) }),
  };
  const isLimited = limits !== undefined || quota !== undefined;
  const principal: Principal = {
    id: name,
    keyName: name,
    ...(isLimited && { limiter: createKeyLimiter(budget, clock, usageOf(name, usages)) }),
    ...(models !== undefined && { models: createModelFilter(models) }),
    ...(check !== undefined && { check }),
    ...(key.pin === true && { pin: true as const }),
  };
  const former = formerKeys.map(({ sha256: old, until }) => ({ hash: hashOf(name, old), principal, disabled, until }));
  return [{ hash, principal, disabled }, ...former];
}

function hashOf(name: string, sha256: string): Buffer {
  const hash = Buffer.from(sha256, 'hex');
  if (hash.byteLength !== SHA256_BYTES) throw new TypeError(`The sha256 of the key named ${name} is none`);
  return hash;
}

/** Usually the same list: few keys have an end. */
function stillValid(keys: readonly KnownKey[], clock: Clock): readonly KnownKey[] {
  return keys.some(({ until }) => until !== undefined && until <= clock.now())
    ? keys.filter(({ until }) => until === undefined || until > clock.now())
    : keys;
}

const SHA256_BYTES = 32;

function usageOf(name: string, usages: Map<string, KeyUsage>): KeyUsage {
  const usage = usages.get(name) ?? noUsage();
  usages.set(name, usage);
  return usage;
}

/**
 * Programs send a key from their settings beside one from the environment: the one that is ours counts, whatever the
 * other is.
 */
function principalOf(headers: KeyHeaders, known: readonly KnownKey[], what: string, wrong: string): Principal {
  const [valid, other] = offeredSecrets(headers, what)
    .map((secret) => findByHash(known, digest(secret)))
    .filter((found) => found !== undefined);
  if (valid === undefined) throw new GatewayError('unauthenticated', wrong);
  if (other !== undefined) {
    // Whose data would this request be about?
    throw new GatewayError('unauthenticated', 'The headers carry different keys, both valid; send one of them');
  }
  if (valid.disabled) throw new GatewayError('unauthenticated', 'This API key is disabled');
  return valid.principal;
}

/** A secret that opens two doors is lost at both when it is lost at one. */
function warnOfShared(tiers: Readonly<Record<string, readonly KnownKey[]>>, logger: Logger): void {
  const owners = new Map<string, string>();
  for (const [tier, known] of Object.entries(tiers)) {
    for (const { hash, principal } of known) {
      const digits = hash.toString('hex');
      const owner = owners.get(digits);
      if (owner === undefined) owners.set(digits, tier);
      else if (owner !== tier) logger.warn(`One secret stands among the ${owner} and is the ${tier}, too`);
      else logger.warn('A client key is set twice; the first counts', { principal: principal.id });
    }
  }
}
