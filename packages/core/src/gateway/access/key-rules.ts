/** Where a key may be used from, for what, and until when. */
import ipaddr from 'ipaddr.js';
import { type Endpoint, GatewayError } from '../../chat/index.js';

/** What a key may be for. `chat`: Chat Completions and Messages with the counting of their tokens. */
export type KeyEndpoint = Endpoint;

/** What a key may be used for beyond its models and limits. */
export interface KeyRules {
  /** Absent: all. */
  readonly endpoints?: readonly KeyEndpoint[];
  /** Addresses and ranges, as `10.0.0.0/8` or `fd00::1`. Absent: from everywhere. */
  readonly subnets?: readonly string[];
  /** Milliseconds since the epoch. Absent: for ever. */
  readonly expiresAt?: number;
}

/** By the routes' names; what is not here every key may ask. */
const ENDPOINT_OF_ROUTE: Readonly<Record<string, KeyEndpoint>> = {
  'openai-chat': 'chat',
  'anthropic-messages': 'chat',
  'count-tokens': 'chat',
  'openai-responses': 'responses',
  completions: 'completions',
  embeddings: 'embeddings',
  moderations: 'moderations',
  images: 'images',
  audio: 'audio',
};

export type KeyCheck = (request: KeyUse) => void;

export interface KeyUse {
  readonly route: string;
  /** Of the socket. Absent: nobody knows. */
  readonly remoteAddress: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * @returns throws GatewayError `unauthenticated`, `permission_denied`. `undefined`: nothing is ruled
 * @throws TypeError where a subnet is none
 */
export function createKeyCheck({ endpoints, subnets, expiresAt }: KeyRules): KeyCheck | undefined {
  if (endpoints === undefined && subnets === undefined && expiresAt === undefined) return undefined;
  const ranges = subnets?.map(parseSubnet);
  return ({ route, remoteAddress, now }) => {
    if (expiresAt !== undefined && now >= expiresAt) {
      throw new GatewayError('unauthenticated', 'This API key has expired');
    }
    if (ranges !== undefined && !isWithin(remoteAddress, ranges)) {
      throw new GatewayError('permission_denied', 'This API key may not be used from this address');
    }
    const endpoint = ENDPOINT_OF_ROUTE[route];
    if (endpoints !== undefined && endpoint !== undefined && !endpoints.includes(endpoint)) {
      throw new GatewayError('permission_denied', `This API key may not be used for ${endpoint}`);
    }
  };
}

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

/** @throws TypeError */
export function parseSubnet(text: string): Range {
  try {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.process(text);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  } catch {
    throw new TypeError(`"${text}" is neither an address nor a range of them, as 10.0.0.0/8`);
  }
}

/** An IPv4 address that comes by an IPv6 socket is one all the same. */
function isWithin(text: string | undefined, ranges: readonly Range[]): boolean {
  if (text === undefined || !ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return ranges.some(([base, bits]) => address.kind() === base.kind() && address.match(base, bits));
}
