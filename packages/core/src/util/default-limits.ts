/**
 * How long and how much, where nobody says otherwise: one set of numbers, whether a part is used alone or composed from
 * settings. It lies this low because the settings and the parts they feed must both see it and never each other.
 */
export const DEFAULT_LIMITS = {
  /** Finding the process, connecting to it, and its handshake. */
  connectMs: 15_000,
  /** The same where the gateway starts the process itself: it unpacks and indexes first. */
  managedConnectMs: 40_000,
  /** Preparing a turn. */
  setupMs: 15_000,
  /** Until an answer begins. The process itself may be silent for some 20 s while it tries the cloud again. */
  firstEventMs: 120_000,
  /** Silence inside an answer. */
  idleMs: 120_000,
  /** One answer in all. */
  totalMs: 900_000,
  maxConnections: 256,
  maxInFlight: 256,
  /** Requests for embeddings at once. */
  maxEmbeddings: 64,
  maxQueued: 1_000,
  queueTimeoutMs: 30_000,
  maxBodyBytes: 32 * 1024 * 1024,
  keepAliveMs: 15_000,
  commitAfterMs: 10_000,
  shutdownGraceMs: 30_000,
  /** Conversations whose sessions are kept, and how long after their last use. */
  sessionEntries: 256,
  sessionTtlMs: 1_800_000,
  /** Requests remembered for whoever looks for a fault. */
  debugRequests: 200,
  imageMaxBytes: 10_000_000,
  imageFetchTimeoutMs: 15_000,
} as const;

/** The longest a timer can hold, some 24.8 days: a longer one would strike at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
