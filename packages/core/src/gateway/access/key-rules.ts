/** Where a key may be used from, for what, and until when. */
import { type Endpoint, GatewayError } from '../../chat/index.js';
import { isWithin, parseSubnet, type Subnet } from '../../util/index.js';

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
  const ranges = subnets?.map(rangeOf);
  return ({ route, remoteAddress, now }) => {
    if (expiresAt !== undefined && now >= expiresAt) {
      throw new GatewayError('unauthenticated', 'This API key has expired');
    }
    if (ranges !== undefined && !isWithin(remoteAddress ?? '', ranges)) {
      throw new GatewayError('permission_denied', 'This API key may not be used from this address');
    }
    const endpoint = ENDPOINT_OF_ROUTE[route];
    if (endpoints !== undefined && endpoint !== undefined && !endpoints.includes(endpoint)) {
      throw new GatewayError('permission_denied', `This API key may not be used for ${endpoint}`);
    }
  };
}

/** @throws TypeError */
function rangeOf(text: string): Subnet {
  const range = parseSubnet(text);
  if (range === undefined) throw new TypeError(`"${text}" is neither an address nor a range of them, as 10.0.0.0/8`);
  return range;
}
