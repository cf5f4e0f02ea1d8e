/** Keys as operators see and change them, wherever they come from. Their members are the data folder's: `snake_case`. */

import { GatewayError } from '../../chat/index.js';
import type { IssuedKey, KeyChange, KeyEntry, KeyRequest, KeyStore } from '../../data/index.js';
import type { JsonObject, Secret } from '../../util/index.js';
import type { NamedKey } from './auth.js';
import { type KeyQuota, periodName } from './key-limits.js';
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
      ...(told as JsonObject),
      source: 'data',
      status,
      expires_at: expires_at ?? null,
      quota: quota == null ? null : { ...quota, used: usedOf(entry.name, quota) },
      ...(former !== undefined && { former_key_valid_until: former.until }),
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
  const ofSettings = (key: NamedKey): JsonObject => ({
    id: key.name,
    name: key.name,
    source: 'config',
    status: statusOf({ name: key.name, disabled: key.disabled === true, expiresAt: key.expiresAt, quota: key.quota }),
    ...(key.models !== undefined && { models: [...key.models] }),
    ...(key.endpoints !== undefined && { endpoints: [...key.endpoints] }),
    ...(key.subnets !== undefined && { subnets: [...key.subnets] }),
    ...(key.pin === true && { pin: true }),
    quota: key.quota === undefined ? null : { ...key.quota, used: usedOf(key.name, key.quota) },
  });
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
        return { id, name: null, source: 'environment', status: 'enabled' };
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

/** As the gateway lets callers in by it. */
export function toNamedKey(entry: KeyEntry): NamedKey {
  const { name, sha256, disabled, former, expires_at, models, endpoints, quota, limits, subnets, pin } = entry;
  return {
    name,
    sha256,
    ...(disabled === true && { disabled }),
    ...(former !== undefined && { formerKeys: [{ sha256: former.sha256, until: Date.parse(former.until) }] }),
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
