/** `auth.keys`: client keys with names, and what may be done with each. */
import * as z from 'zod';
import { parseSubnet, type Secret } from '../../util/index.js';

/** What other callers are called in logs: a name like it could not be told from theirs. */
const TAKEN = new Set(['anonymous', 'admin', 'metrics']);
const NAME = /^[A-Za-z\d][\w.@-]{0,63}$/;
const DIGITS_OF_A_HASH = /^[\da-f]{16}$/i;

const limit = () => z.int().min(1).exactOptional();

/** @param key how a key is read */
export const namedKeys = (key: z.ZodType<Secret, string>) =>
  z
    .array(
      z
        .strictObject({
          name: z
            .string()
            .regex(NAME, 'a name has up to 64 letters, digits and any of _ . @ -')
            .refine((name) => !TAKEN.has(name.toLowerCase()) && !DIGITS_OF_A_HASH.test(name), 'this name is taken'),
          key: key.exactOptional(),
          sha256: z
            .string()
            .trim()
            .regex(/^[\da-fA-F]{64}$/, 'a SHA-256 has 64 hexadecimal digits')
            .exactOptional(),
          limits: z
            .strictObject({ requestsPerMinute: limit(), maxParallel: limit(), tokensPerDay: limit() })
            .exactOptional(),
          models: z.array(z.string().trim().min(1)).min(1).exactOptional(),
          endpoints: z
            .array(z.enum(['chat', 'responses', 'completions', 'embeddings', 'moderations', 'images', 'audio']))
            .min(1)
            .exactOptional(),
          quota: z
            .strictObject({ tokens: z.int().min(1), period: z.enum(['none', 'day', 'month']).default('none') })
            .exactOptional(),
          subnets: z
            .array(
              z
                .string()
                .trim()
                .refine(
                  (text) => parseSubnet(text) !== undefined,
                  'neither an address nor a range of them, as 10.0.0.0/8',
                ),
            )
            .min(1)
            .exactOptional(),
          pin: z.boolean().exactOptional(),
          disabled: z.boolean().exactOptional(),
        })
        .refine((entry) => (entry.key === undefined) !== (entry.sha256 === undefined), 'needs either key or sha256'),
    )
    .refine((keys) => areUnique(keys.map(({ name }) => name)), {
      error: 'two keys have the same name',
      when: isSoFarRight,
    })
    .refine((keys) => areUnique(keys.map((entry) => entry.key?.reveal() ?? entry.sha256?.toLowerCase())), {
      error: 'two names have the same key',
      when: isSoFarRight,
    })
    .readonly()
    .default([]);

/** What is wrong already has not become what it is checked for. */
const isSoFarRight = ({ issues }: { readonly issues: readonly unknown[] }): boolean => issues.length === 0;

const areUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
