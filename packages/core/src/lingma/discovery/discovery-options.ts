/** What looking for a running Lingma goes by. */
import type { OptionRules } from '../../util/index.js';
import type { PlaceFacts } from './known-locations.js';

/** By which ways a Lingma may be reached. */
export type TransportChoice = 'auto' | 'pipe' | 'websocket';

/** What the operator configured. Addresses turn the search off; `infoFile` and `workDir` only come first in it. */
export interface ExplicitPlaces {
  readonly wsUrl?: string | undefined;
  /** Short for `ws://127.0.0.1:<port>/`; 0 means none. */
  readonly socketPort?: number | undefined;
  /** Named pipe (a bare name will do) or unix socket. */
  readonly pipe?: string | undefined;
  readonly socket?: string | undefined;
  /** A discovery file, or the folder that holds it. */
  readonly infoFile?: string | undefined;
  readonly workDir?: string | undefined;
}

/** What looking for a running Lingma goes by. */
export interface DiscoveryOptions extends PlaceFacts {
  readonly transport: TransportChoice;
  readonly explicit?: ExplicitPlaces;
  /** Look nowhere but in `explicit`: one of several instances must not end up at another's process. Default false. */
  readonly onlyExplicit?: boolean;
}

export const DISCOVERY_RULES: OptionRules<DiscoveryOptions> = {
  platform: 'text',
  env: 'object',
  homedir: 'string',
  transport: ['auto', 'pipe', 'websocket'],
  explicit: {
    wsUrl: 'string',
    socketPort: 'count',
    pipe: 'string',
    socket: 'string',
    infoFile: 'string',
    workDir: 'string',
  } satisfies OptionRules<ExplicitPlaces>,
  onlyExplicit: 'boolean',
};
