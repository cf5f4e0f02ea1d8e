/**
 * Rows of One API's database as channels and keys of ours. What is no OpenAI-compatible channel, or has nothing to correspond to, is
 * told, not guessed.
 */
import { createHash } from 'node:crypto';
import { type KeyRequest, keyRequest } from '@lingma-gateway/core/data';

export type Row = Readonly<Record<string, unknown>>;

export interface ImportedChannel {
  readonly name: string;
  readonly type: 'openai';
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly models: readonly string[];
  readonly modelMapping?: Readonly<Record<string, string>>;
  readonly priority?: number;
  readonly weight?: number;
  readonly enabled: boolean;
}

export interface ImportedKey {
  readonly request: KeyRequest;
  readonly sha256: string;
  readonly prefix: string;
  readonly disabled: boolean;
}

export interface Skipped {
  readonly what: 'channel' | 'token';
  readonly name: string;
  readonly reason: 'type' | 'base-url' | 'key' | 'name' | 'subnet';
}

/** OpenAI itself, a custom address, and whatever calls itself compatible. */
const OPENAI = 1;
const COMPATIBLE = new Set([OPENAI, 8, 50]);
const OPENAI_URL = 'https://api.openai.com/v1';
const ENABLED = 1;
const NEVER = -1;
const MAX_NOTE = 500;

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const list = (value: unknown): string[] =>
  text(value)
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

export function channelsOf(rows: readonly Row[]): {
  readonly channels: ImportedChannel[];
  readonly skipped: Skipped[];
} {
  const channels: ImportedChannel[] = [];
  const skipped: Skipped[] = [];
  for (const row of rows) {
    const type = Number(row.type);
    const name = unique(
      text(row.name) || `channel-${row.id}`,
      channels.map((channel) => channel.name),
    );
    const skip = (reason: Skipped['reason']): void => void skipped.push({ what: 'channel', name, reason });
    const baseUrl = text(row.base_url) || (type === OPENAI ? OPENAI_URL : '');
    const apiKey = list(row.key)[0] ?? '';
    if (!COMPATIBLE.has(type)) skip('type');
    else if (!/^https?:\/\//.test(baseUrl)) skip('base-url');
    else if (apiKey === '') skip('key');
    else {
      const modelMapping = mapping(row.model_mapping);
      channels.push({
        ...{ name, type: 'openai', baseUrl, apiKey, models: list(row.models), enabled: Number(row.status) === ENABLED },
        ...(modelMapping !== undefined && { modelMapping }),
        ...(Number(row.priority) > 0 && { priority: Number(row.priority) }),
        ...(Number(row.weight) > 0 && { weight: Number(row.weight) }),
      });
    }
  }
  return { channels, skipped };
}

export function keysOf(rows: readonly Row[]): { readonly keys: ImportedKey[]; readonly skipped: Skipped[] } {
  const keys: ImportedKey[] = [];
  const skipped: Skipped[] = [];
  for (const row of rows) {
    const written = text(row.name) || `token-${row.id}`;
    const skip = (reason: Skipped['reason']): void => void skipped.push({ what: 'token', name: written, reason });
    const stored = text(row.key);
    if (stored === '') {
      skip('key');
      continue;
    }
    // The database has it without the prefix that clients send.
    const key = stored.startsWith('sk-') ? stored : `sk-${stored}`;
    const name = unique(
      nameOf(written),
      keys.map(({ request }) => request.name),
    );
    const [expires, models, subnets] = [Number(row.expired_time), list(row.models), list(row.subnet)];
    const tokens = Math.trunc(Number(row.remain_quota));
    const isLimited = Number(row.unlimited_quota) !== 1;
    const parsed = keyRequest.safeParse({
      name,
      ...(expires > 0 && expires !== NEVER && { expires_at: new Date(expires * 1000).toISOString() }),
      ...(models.length > 0 && { models }),
      ...(subnets.length > 0 && { subnets }),
      ...(isLimited && tokens > 0 && { quota: { tokens, period: 'none' } }),
      // Names of ours are letters and digits: what it was called stays to be read.
      note: `from One API${name === written ? '' : `: ${written}`}`.slice(0, MAX_NOTE),
    });
    if (!parsed.success) {
      skip(parsed.error.issues[0]?.path[0] === 'subnets' ? 'subnet' : 'name');
      continue;
    }
    keys.push({
      request: parsed.data,
      sha256: createHash('sha256').update(key).digest('hex'),
      prefix: key.slice(0, 7),
      // What has nothing left must not come back to life.
      disabled: Number(row.status) !== ENABLED || (isLimited && tokens <= 0),
    });
  }
  return { keys, skipped };
}

function mapping(value: unknown): Record<string, string> | undefined {
  try {
    const found = Object.entries(JSON.parse(text(value)) as object).filter(([, to]) => typeof to === 'string');
    return found.length === 0 ? undefined : (Object.fromEntries(found) as Record<string, string>);
  } catch {
    return undefined;
  }
}

/** As ours may be named. */
const nameOf = (written: string): string =>
  written
    .replace(/[^\w.@-]+/g, '-')
    .replace(/^[^A-Za-z\d]+/, '')
    .slice(0, 56) || 'token';

function unique(name: string, taken: readonly string[]): string {
  for (let at = 2, found = name; ; at++) {
    if (!taken.includes(found)) return found;
    found = `${name}-${at}`;
  }
}
