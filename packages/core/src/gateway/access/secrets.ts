/** Secrets as callers offer them, and as they are compared: hash with hash, all of them, in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../../chat/index.js';
import type { Secret } from '../../util/index.js';
import type { RequestHeaders } from '../http/gateway-request.js';

export type KeyHeaders = Pick<RequestHeaders, 'get'>;

const BEARER = /^bearer +(\S+) *$/i;
/** `api-key` is where Azure's clients put it. */
const KEY_HEADERS = ['x-api-key', 'api-key'] as const;

/**
 * Each secret once, in whatever header it stands.
 *
 * @param what as messages call it: `API key`
 * @throws GatewayError `unauthenticated` when there is none
 */
export function offeredSecrets(headers: KeyHeaders, what: string): readonly string[] {
  const authorization = headers.get('authorization')?.trim();
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  const others = KEY_HEADERS.map((name) => headers.get(name)?.trim());
  const secrets = new Set([bearer, ...others].filter((secret) => secret !== undefined && secret !== ''));
  if (secrets.size > 0) return [...secrets] as string[];
  throw new GatewayError(
    'unauthenticated',
    authorization
      ? 'The Authorization header must have the form "Bearer <key>"'
      : `No ${what} provided; send it as "Authorization: Bearer <key>" or "x-api-key: <key>"`,
  );
}

export const digest = (secret: Secret | string): Buffer =>
  createHash('sha256')
    .update(typeof secret === 'string' ? secret : secret.reveal())
    .digest();

/**
 * What belongs to the one that was offered. All are compared: the time tells neither which one matched nor how much of it.
 * Where two have the same hash, the first counts.
 */
export function findByHash<T extends { readonly hash: Buffer }>(known: readonly T[], offered: Buffer): T | undefined {
  let found: T | undefined;
  for (const entry of known) {
    const same = timingSafeEqual(entry.hash, offered);
    found = same && found === undefined ? entry : found;
  }
  return found;
}
