/** Keys as operators see and change them, wherever they come from. Their members are the data folder's: `snake_case`. */
import { GatewayError } from '../../chat/index.js';
import type { IssuedKey, KeyChange, KeyEntry, KeyRequest, KeyStore } from '../../data/index.js';
import type { JsonObject, Secret } from '../../util/index.js';
import type { NamedKey } from './auth.js';
import { type KeyLimits, type KeyQuota, periodName } from './key-limits.js';
import { digest } from './secrets.js';

/** What the routes for keys do; `id` is an id or a name. */
export interface KeyAdmin {
  list(): readonly JsonObject[];
  /** @throws GatewayError `invalid_request` */
  add(request: KeyRequest): Promise<{ readonly key: string; readonly entry: JsonObject }>;
  /** @throws GatewayError `not_found`, `invalid_request` */
  update(id: string, change: KeyChange): Promise<JsonObject>;
  /** @throws GatewayError `not_found` */
  rotate(id: string): Promise<{ readonly key: string; readonly entry: JsonObject }>;
  /** @throws GatewayError `not_found` */
  remove(id: string): Promise<JsonObject>;
}

export interface KeyAdminOptions {
  readonly store: KeyStore;
  /** Those of the settings, of the day. */
  readonly configured: () => { readonly clientKeys: readonly (Secret | string)[]; readonly keys: readonly NamedKey[] };
  /** Tokens that a key has spent in a period; see `periodName`. */
  readonly spent: (name: string, period: string) => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export function createKeyAdmin({ store, configured, spent, now }: KeyAdminOptions): KeyAdmin {
  const taken = (): readonly string[] => configured().keys.map(({ name }) => name);
  const shown = (entry: KeyEntry): JsonObject => {
    const { sha256: _, former, disabled, expires_at, quota, ...told } = entry;
    const status = statusOf({
      disabled: disabled === true,
      expiresAt: expires_at,
      name: entry.name,
      quota: quota ?? undefined,
    });
    return {
      ...UNLIMITED,
      ...(told as JsonObject),
      source: 'data',
      status,
      expires_at: expires_at ?? null,
      quota: quota == null ? null : { ...quota, used: usedOf(entry.name, quota) },
      ...(former?.length && { former_key_valid_until: former.at(-1)?.until ?? null }),
    };
  };
  const usedOf = (name: string, quota: KeyQuota): number => spent(name, periodName(quota.period, now()));
  const statusOf = (key: {
    readonly name: string;
    readonly disabled: boolean;
    readonly expiresAt?: string | number | null | undefined;
    readonly quota?: KeyQuota | undefined;
  }): string => {
    if (key.disabled) return 'disabled';
    if (key.expiresAt != null && new Date(key.expiresAt).getTime() <= now()) return 'expired';
    return key.quota !== undefined && usedOf(key.name, key.quota) >= key.quota.tokens ? 'exhausted' : 'enabled';
  };
  const ofSettings = (key: NamedKey): JsonObject => {
    const { name, disabled = false, expiresAt, quota, models, endpoints, subnets, limits, pin = false } = key;
    return {
      ...UNLIMITED,
      id: name,
      name,
      source: 'config',
      status: statusOf({ name, disabled, expiresAt, quota }),
      ...(models !== undefined && { models: [...models] }),
      ...(endpoints !== undefined && { endpoints: [...endpoints] }),
      ...(subnets !== undefined && { subnets: [...subnets] }),
      ...(limits !== undefined && { limits: toJsonLimits(limits) }),
      pin,
      quota: quota === undefined ? null : { ...quota, used: usedOf(name, quota) },
    };
  };
  const issued = ({ key, entry }: IssuedKey) => ({ key, entry: shown(entry) });
  /** What is written in settings is changed there. */
  const changeable = (id: string): string => {
    if (!store.list().some((entry) => entry.id === id || entry.name === id) && taken().includes(id)) {
      throw new GatewayError('invalid_request', `The key ${id} stands in the settings: change it there`);
    }
    return id;
  };
  return {
    list: () => [
      ...configured().clientKeys.map((key): JsonObject => {
        const id = digest(key).toString('hex').slice(0, 16);
        return { ...UNLIMITED, id, name: null, source: 'environment', status: 'enabled' };
      }),
      ...configured().keys.map(ofSettings),
      ...store.list().map(shown),
    ],
    add: async (request) => issued(await store.add(request, taken())),
    update: async (id, change) => shown(await store.update(changeable(id), change, taken())),
    rotate: async (id) => issued(await store.rotate(changeable(id))),
    remove: async (id) => shown(await store.remove(changeable(id))),
  };
}

/** Every key is told with the same members, wherever it comes from. */
const UNLIMITED: JsonObject = {
  prefix: null,
  created_at: null,
  expires_at: null,
  models: null,
  endpoints: null,
  quota: null,
  limits: null,
  subnets: null,
  pin: false,
  note: null,
};

const toJsonLimits = ({ requestsPerMinute, maxParallel, tokensPerDay }: KeyLimits): JsonObject => ({
  ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute }),
  ...(maxParallel !== undefined && { max_parallel: maxParallel }),
  ...(tokensPerDay !== undefined && { tokens_per_day: tokensPerDay }),
});

/** As the gateway lets callers in by it. */
export function toNamedKey(entry: KeyEntry): NamedKey {
  const { name, sha256, disabled, former, expires_at, models, endpoints, quota, limits, subnets, pin } = entry;
  return {
    name,
    sha256,
    ...(disabled === true && { disabled }),
    ...(former !== undefined && {
      formerKeys: former.map(({ sha256: old, until }) => ({ sha256: old, until: Date.parse(until) })),
    }),
    ...(expires_at != null && { expiresAt: Date.parse(expires_at) }),
    ...(models != null && { models }),
    ...(endpoints != null && { endpoints }),
    ...(quota != null && { quota }),
    ...(subnets != null && { subnets }),
    ...(pin === true && { pin }),
    ...(limits != null && {
      limits: {
        ...(limits.requests_per_minute !== undefined && { requestsPerMinute: limits.requests_per_minute }),
        ...(limits.max_parallel !== undefined && { maxParallel: limits.max_parallel }),
        ...(limits.tokens_per_day !== undefined && { tokensPerDay: limits.tokens_per_day }),
      },
    }),
  };
}
