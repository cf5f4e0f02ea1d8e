/** Who is calling. One resolver for every route and header, so that no way in can be forgotten. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { GatewayError } from '../../chat/index.js';
import type { Secret } from '../../util/index.js';
import type { RequestHeaders } from '../http/gateway-request.js';

export interface Principal {
  /** First digits of the key's hash, or `anonymous`: for logs and for keeping callers' data apart. */
  readonly id: string;
}

type KeyHeaders = Pick<RequestHeaders, 'get'>;
export type PrincipalResolver = (headers: KeyHeaders) => Principal;

export const ANONYMOUS: Principal = { id: 'anonymous' };
const BEARER = /^bearer +(\S+) *$/i;
/** `api-key` is where Azure's clients put it. */
const KEY_HEADERS = ['x-api-key', 'api-key'] as const;

/**
 * Without keys everybody is anonymous. Programs send a key from their settings beside one from the environment: the one
 * that is ours counts, whatever the other is.
 *
 * @throws GatewayError (on the call) `unauthenticated`
 */
export function createPrincipalResolver(clientKeys: readonly (Secret | string)[]): PrincipalResolver {
  const known = clientKeys.map((key) => digest(typeof key === 'string' ? key : key.reveal()));
  if (known.length === 0) return () => ANONYMOUS;
  const isKnown = (offered: Buffer): boolean => {
    // All keys are compared, hash with hash: the time tells neither which one matched nor how much of it.
    let matched = false;
    for (const hash of known) matched = timingSafeEqual(hash, offered) || matched;
    return matched;
  };
  return (headers) => {
    const [valid, other] = offeredKeys(headers).map(digest).filter(isKnown);
    if (valid === undefined) throw new GatewayError('unauthenticated', 'Incorrect API key provided');
    if (other !== undefined) {
      // Whose data would this request be about?
      throw new GatewayError('unauthenticated', 'The headers carry different keys, both valid; send one of them');
    }
    return { id: valid.toString('hex').slice(0, 16) };
  };
}

/** Whether the request carries a key of ours; never true where there are none to carry. */
export function holdsKey(resolve: PrincipalResolver, headers: KeyHeaders): boolean {
  try {
    return resolve(headers) !== ANONYMOUS;
  } catch {
    return false;
  }
}

/** Each key once, in whatever header it stands. @throws GatewayError `unauthenticated` when there is none */
function offeredKeys(headers: KeyHeaders): readonly string[] {
  const authorization = headers.get('authorization')?.trim();
  const bearer = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
  const others = KEY_HEADERS.map((name) => headers.get(name)?.trim());
  const keys = new Set([bearer, ...others].filter((key) => key !== undefined && key !== ''));
  if (keys.size > 0) return [...keys] as string[];
  throw new GatewayError(
    'unauthenticated',
    authorization
      ? 'The Authorization header must have the form "Bearer <key>"'
      : 'No API key provided; send it as "Authorization: Bearer <key>" or "x-api-key: <key>"',
  );
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();
