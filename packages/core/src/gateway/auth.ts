/** Who is calling. One resolver for every route and header, so that no way in can be forgotten. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../chat/index.js';
import type { Secret } from '../util/index.js';

export interface Principal {
  /** First digits of the key's hash, or `anonymous`: for logs and for keeping callers' data apart. */
  readonly id: string;
}

export type PrincipalResolver = (headers: Headers) => Principal;

export const ANONYMOUS: Principal = { id: 'anonymous' };
const BEARER = /^bearer +(\S+) *$/i;

/** Without keys everybody is anonymous. @throws GatewayError (on the call) `unauthenticated` */
export function createPrincipalResolver(clientKeys: readonly (Secret | string)[]): PrincipalResolver {
  const known = clientKeys.map((key) => digest(typeof key === 'string' ? key : key.reveal()));
  if (known.length === 0) return () => ANONYMOUS;
  return (headers) => {
    const offered = digest(offeredKey(headers));
    // All keys are compared, hash with hash: the time tells neither which one matched nor how much of it.
    let matched = false;
    for (const hash of known) matched = timingSafeEqual(hash, offered) || matched;
    if (!matched) throw new GatewayError('unauthenticated', 'Incorrect API key provided');
    return { id: offered.toString('hex').slice(0, 16) };
  };
}

function offeredKey(headers: Headers): string {
  const authorization = headers.get('authorization')?.trim();
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  const apiKey = headers.get('x-api-key')?.trim() || undefined;
  if (bearer !== undefined && apiKey !== undefined && bearer !== apiKey) {
    throw new GatewayError('unauthenticated', 'Authorization and x-api-key carry different keys; send one of them');
  }
  const key = bearer ?? apiKey;
  if (key !== undefined) return key;
  throw new GatewayError(
    'unauthenticated',
    authorization
      ? 'The Authorization header must have the form "Bearer <key>"'
      : 'No API key provided; send it as "Authorization: Bearer <key>" or "x-api-key: <key>"',
  );
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();
