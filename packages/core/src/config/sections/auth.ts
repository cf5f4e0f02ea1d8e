/** Who may use the gateway, and who may run it. */
import * as z from 'zod';
import { secretText, setting } from '../setting.js';
import { namedKeys } from './named-keys.js';

export const authSection = {
  clientKeys: setting(z.array(secretText()).min(1).readonly().default([]), {
    env: ['LINGMA_GATEWAY_API_KEYS', 'API_KEYS'],
    flag: { name: 'api-keys', valueHint: 'key,key' },
    secret: true,
    doc: 'Keys that clients send as `Authorization: Bearer …`, `x-api-key` or `api-key`. Without any, and without `auth.keys`, every request is let in.',
    hint: 'a list of keys, separated by commas; leave it out to have none',
  }),
  keys: setting(namedKeys(secretText()), {
    env: ['LINGMA_GATEWAY_NAMED_KEYS'],
    secret: true,
    doc: 'Client keys with names, as a list of objects: `name`, then `key` or `sha256` (of the key, in hexadecimal digits), and if wanted `limits` (`requestsPerMinute`, `maxParallel`, `tokensPerDay`), `models` (those it may use, `*` for any characters) and `disabled`. Logs have the name, never the key.',
    hint: 'a list such as [{"name": "alice", "key": "…", "limits": {"requestsPerMinute": 60}}]',
  }),
  adminToken: setting(secretText().optional(), {
    env: ['LINGMA_GATEWAY_ADMIN_TOKEN', 'ADMIN_TOKEN'],
    flag: { name: 'admin-token', valueHint: 'token' },
    secret: true,
    doc: 'Token for the routes under `/internal`, sent as client keys are. Client keys do not open them then.',
    defaultDoc: 'any client key opens them; without keys they are closed',
  }),
  metricsToken: setting(secretText().optional(), {
    env: ['LINGMA_GATEWAY_METRICS_TOKEN', 'METRICS_TOKEN'],
    flag: { name: 'metrics-token', valueHint: 'token' },
    secret: true,
    doc: 'Token for `/metrics`; the admin token opens it, too. Client keys do not then.',
    defaultDoc: 'any client key opens it; without keys it is closed',
  }),
  metricsPublic: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_METRICS_PUBLIC', 'METRICS_PUBLIC'],
    flag: 'metrics-public',
    doc: 'Whether `/metrics` is open to everybody.',
  }),
};
