/** `channels.list`: upstreams beside Lingma, and how requests come to each. */
import { z } from 'zod';
import { MAX_TIMER_MS, type Secret } from '../../util/index.js';

const NAME = /^[A-Za-z\d][\w.-]{0,63}$/;
const HEADER = /^[A-Za-z\d!#$%&'*+.^_`|~-]+$/;

/** What an upstream can be asked for. */
export const ENDPOINTS = ['chat', 'embeddings', 'completions', 'responses', 'moderations', 'images', 'audio'] as const;
/** What one of OpenAI's kind is taken to have where nothing is said. */
const USUAL_ENDPOINTS: readonly (typeof ENDPOINTS)[number][] = ['chat', 'embeddings', 'completions'];

/** Where it may lead: userinfo would stand in logs, and a query cannot be joined. */
export const baseUrl = () =>
  z.string().trim().refine(isBaseUrl, 'must be an http or https address without user name, password and query');

function isBaseUrl(text: string): boolean {
  const written = text.endsWith('#') ? text.slice(0, -1) : text;
  if (!URL.canParse(written) || /[?#]/.test(written)) return false;
  const { protocol, username, password } = new URL(written);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

const ms = () => z.int().min(0).max(MAX_TIMER_MS).exactOptional();
const names = () => z.array(z.string().trim().min(1));

/** @param key how a key is read */
export const channelList = (key: z.ZodType<Secret, string>) =>
  z
    .array(
      z
        .strictObject({
          name: z.string().regex(NAME, 'a channel has a name of up to 64 letters, digits and any of _ . -'),
          type: z.enum(['openai', 'lingma']).default('openai'),
          baseUrl: baseUrl().exactOptional(),
          apiKey: key.exactOptional(),
          apiKeyFile: z.string().trim().min(1).exactOptional(),
          apiKeys: z.array(key).min(1).exactOptional(),
          models: z.union([names(), z.string().trim().min(1)]).exactOptional(),
          modelMapping: z.record(z.string().min(1), z.string().min(1)).default({}),
          priority: z.int().default(0),
          weight: z.number().positive().max(1_000_000).default(1),
          enabled: z.boolean().default(true),
          endpoints: z
            .array(z.enum(ENDPOINTS))
            .min(1)
            .default([...USUAL_ENDPOINTS]),
          headers: z.record(z.string().regex(HEADER), z.string().regex(/^[\t\x20-\x7e]*$/)).default({}),
          systemPrompt: z.string().min(1).exactOptional(),
          timeouts: z.strictObject({ connectMs: ms(), firstEventMs: ms(), idleMs: ms(), totalMs: ms() }).default({}),
          maxInFlight: z.int().min(1).exactOptional(),
          proxy: z.url({ protocol: /^https?$/ }).exactOptional(),
          tags: names().default([]),
        })
        .refine((channel) => channel.type === 'lingma' || channel.baseUrl !== undefined, 'needs a baseUrl')
        .refine(
          ({ apiKey, apiKeyFile, apiKeys }) =>
            [apiKey, apiKeyFile, apiKeys].filter((given) => given !== undefined).length < 2,
          'has one of apiKey, apiKeyFile and apiKeys',
        )
        .refine(({ name, type }) => (name === 'lingma') === (type === 'lingma'), {
          error: 'the channel of type lingma is called lingma, and no other is',
        }),
    )
    .refine((channels) => new Set(channels.map(({ name }) => name)).size === channels.length, {
      error: 'two channels have the same name',
      when: ({ issues }) => issues.length === 0,
    })
    .readonly()
    .default([]);
