/** Who is calling, and whether they may. One resolver for every route and header, so that no way in can be forgotten. */
import { GatewayError } from '../../chat/index.js';
import { type Clock, type Logger, type Secret, silentLogger } from '../../util/index.js';
import { createKeyLimiter, type KeyLimiter, type KeyLimits, type KeyUsage, noUsage } from './key-limits.js';
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
  /** Of a named key: it may say which channel answers. Whoever has no named key may. */
  readonly pin?: true;
}

/** A client key with a name, and what may be done with it. */
export interface NamedKey {
  /** In logs, in place of the key; callers' data is kept apart by it. Unique. */
  readonly name: string;
  /** Either the key or its hash. */
  readonly key?: Secret | string;
  /** SHA-256 of the key, in hexadecimal digits. */
  readonly sha256?: string;
  readonly limits?: KeyLimits;
  /** Names that may be asked for, `*` standing for any characters. Absent: all. */
  readonly models?: readonly string[];
  /** Whether it may say which channel answers (`x-lingma-channel`). Default: no. */
  readonly pin?: boolean;
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
  /** What named keys have used up, by name, handed from one set of keys to the next; those without a key any more are taken out. */
  readonly usages?: Map<string, KeyUsage>;
  readonly clock: Clock;
  readonly logger?: Logger;
}

export interface Access {
  /** False: there are no client keys, and everybody is let in. */
  readonly hasKeys: boolean;
  /** @throws GatewayError `unauthenticated`, `admin_disabled`, `metrics_disabled` */
  resolve(tier: AccessTier, headers: KeyHeaders): Principal;
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
}

export function createAccess(options: AccessOptions): Access {
  const { clientKeys = [], namedKeys = [], metricsPublic = false, clock, logger = silentLogger } = options;
  const { usages = new Map<string, KeyUsage>() } = options;
  // Named ones first: a key that also stands among the others does not escape its limits.
  const keys: readonly KnownKey[] = [
    ...namedKeys.map((key) => knownKey(key, usages, clock)),
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
    keys.length === 0 ? ANONYMOUS : principalOf(headers, keys, 'API key', 'Incorrect API key provided');
  const identify = (headers: KeyHeaders): Principal => {
    try {
      return client(headers);
    } catch {
      return ANONYMOUS;
    }
  };
  return {
    hasKeys: keys.length > 0,
    identify,
    resolve(tier, headers) {
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
    },
  };
}

function knownKey(
  { name, key, sha256, limits, models, pin = false, disabled = false }: NamedKey,
  usages: Map<string, KeyUsage>,
  clock: Clock,
): KnownKey {
  if ((key === undefined) === (sha256 === undefined)) {
    throw new TypeError(`The key named ${name} must have either its key or the key's sha256`);
  }
  const hash = key === undefined ? Buffer.from(sha256 as string, 'hex') : digest(key);
  if (hash.byteLength !== SHA256_BYTES) throw new TypeError(`The sha256 of the key named ${name} is none`);
  const principal: Principal = {
    id: name,
    keyName: name,
    ...(pin && { pin }),
    ...(limits !== undefined && { limiter: createKeyLimiter(limits, clock, usageOf(name, usages)) }),
    ...(models !== undefined && { models: createModelFilter(models) }),
  };
  return { hash, principal, disabled };
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
