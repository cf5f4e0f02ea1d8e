/** What looking at one place has shown. */
import type { LingmaAddress } from '../transport/address.js';

/** What became of a place that was looked at. */
export type DiscoveryVerdict =
  | 'usable'
  /** Configured, so not probed: connecting will tell. */
  | 'configured'
  | 'absent'
  /** Left behind by a process that is gone. */
  | 'stale'
  | 'unreadable'
  /** Not what such a file looks like. */
  | 'malformed'
  /** Ruled out by the `transport` setting. */
  | 'skipped';

/** A place that was looked at, and what is there. */
export interface LookedPlace {
  readonly place: string;
  readonly verdict: DiscoveryVerdict;
  /** The address it told, or why it was left out. */
  readonly detail?: string;
}

export interface Finding {
  readonly addresses: readonly LingmaAddress[];
  /** Whoever told of these is gone, but somebody answers there: worth a try when all others fail. */
  readonly doubtful?: readonly LingmaAddress[];
  readonly looked: readonly LookedPlace[];
}
