/** A client key as it is kept: by its hash, with what it may be used for. */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { parseSubnet } from '../util/index.js';

const NAME = /^[A-Za-z\d][\w.@-]{0,63}$/;
/** What others are called in logs: see `auth.keys`. */
const TAKEN = /^(anonymous|admin|metrics|[\da-f]{16})$/i;

const limit = () => z.int().min(1).exactOptional();
const instant = () => z.iso.datetime({ offset: true });
const sha256 = () => z.string().regex(/^[\da-f]{64}$/);

/** What whoever makes a key says of it. */
export const keyRequest = z.strictObject({
  name: z
    .string()
    .regex(NAME, 'a name has up to 64 letters, digits and any of _ . @ -')
    .refine((name) => !TAKEN.test(name), 'this name is taken'),
  expires_at: z
    .union([instant(), z.iso.date().transform((day) => `${day}T00:00:00Z`)], 'a day or a time as ISO 8601 has it')
    .nullable()
    .exactOptional(),
  models: z.array(z.string().trim().min(1)).min(1).nullable().exactOptional(),
  endpoints: z
    .array(z.enum(['chat', 'responses', 'completions', 'embeddings', 'moderations', 'images', 'audio']))
    .min(1)
    .nullable()
    .exactOptional(),
  quota: z
    .strictObject({
      tokens: z.union([z.int().min(1), z.literal('unlimited')], 'a whole number from 1 on, or "unlimited"'),
      period: z.enum(['none', 'day', 'month']).default('none'),
    })
    .transform(({ tokens, period }) => (tokens === 'unlimited' ? null : { tokens, period }))
    .nullable()
    .exactOptional(),
  limits: z
    .strictObject({ requests_per_minute: limit(), max_parallel: limit(), tokens_per_day: limit() })
    .nullable()
    .exactOptional(),
  subnets: z
    .array(
      z
        .string()
        .trim()
        .refine((text) => parseSubnet(text) !== undefined, 'neither an address nor a range of them, as 10.0.0.0/8'),
    )
    .min(1)
    .nullable()
    .exactOptional(),
  pin: z.boolean().nullable().exactOptional(),
  note: z.string().max(500).nullable().exactOptional(),
});
/** As {@link keyRequest} has checked it. */
export type KeyRequest = z.infer<typeof keyRequest>;

/** What may be said anew; `null` takes a limit away. */
export const keyChange = keyRequest.partial().extend({ status: z.enum(['enabled', 'disabled']).exactOptional() });
/** As {@link keyChange} has checked it. */
export type KeyChange = z.infer<typeof keyChange>;

/** Of one entry; whoever takes another key more often than once a minute loses the oldest before its time. */
export const MAX_FORMER_KEYS = 10;

const keyEntry = keyRequest.extend({
  id: z.string(),
  sha256: sha256(),
  /** Its first characters, to tell keys apart by. */
  prefix: z.string(),
  created_at: instant(),
  disabled: z.boolean().exactOptional(),
  /** The keys before it, the latest last, each valid until then. */
  former: z
    .array(z.strictObject({ sha256: sha256(), until: instant() }))
    .max(MAX_FORMER_KEYS)
    .exactOptional(),
});
/** A key as it is kept in `keys.json`. */
export type KeyEntry = z.infer<typeof keyEntry>;

/** What `keys.json` holds. */
export const keyFile = z.strictObject({
  keys: z
    .array(keyEntry)
    .max(10_000)
    .refine((keys) => areUnique(keys.map(({ name }) => name)), {
      error: 'two keys have the same name',
      when: isSoFarRight,
    })
    .refine((keys) => areUnique(keys.map(({ id }) => id)), { error: 'two keys have the same id', when: isSoFarRight }),
});

/** What is wrong already has not become what it is checked for. */
function isSoFarRight({ issues }: { readonly issues: readonly unknown[] }): boolean {
  return issues.length === 0;
}

const areUnique = (values: readonly string[]): boolean => new Set(values).size === values.length;

export interface NewKey {
  readonly key: string;
  readonly sha256: string;
  readonly prefix: string;
}

/** `sk-` and 43 characters: 32 random bytes. */
export function createKey(): NewKey {
  const key = `sk-${randomBytes(32).toString('base64url')}`;
  return { key, sha256: createHash('sha256').update(key).digest('hex'), prefix: key.slice(0, 7) };
}
