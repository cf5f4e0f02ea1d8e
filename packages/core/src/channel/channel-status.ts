/** What the channel tells of its upstream: no address, which may hold a path or a name, and no account. */
import type { ChannelStatus } from '../chat/index.js';
import type { LingmaClientStatus } from '../lingma/index.js';
import type { InstanceState, PoolStatus } from '../pool/index.js';

export function toChannelStatus(status: LingmaClientStatus | PoolStatus | undefined): ChannelStatus {
  if (status === undefined) return { state: 'unknown' };
  return 'instances' in status ? ofPool(status) : ofClient(status);
}

function ofClient({ state, server, dialect, loggedIn, connections }: LingmaClientStatus): ChannelStatus {
  return {
    state,
    ...(server !== undefined && { server: `${server.name} ${server.version}`.trim() }),
    ...(dialect !== undefined && { dialect }),
    ...(loggedIn !== undefined && { loggedIn }),
    connections: connections.open,
    busyConnections: connections.busy,
  };
}

/** The best first: as long as one can answer, so can the whole. */
const STATES: readonly InstanceState[] = ['ready', 'starting', 'reconnecting', 'stopped', 'failed', 'closed'];

function ofPool({ size, ready, instances }: PoolStatus): ChannelStatus {
  const [best] = [...instances].sort((one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state));
  const known = instances.filter(({ loggedIn }) => loggedIn !== undefined);
  return {
    state: best?.state ?? 'stopped',
    ...(best?.server !== undefined && { server: best.server }),
    ...(best?.dialect !== undefined && { dialect: best.dialect }),
    ...(known.length > 0 && { loggedIn: known.some(({ loggedIn }) => loggedIn) }),
    size,
    ready,
    instances: instances.map(({ name, idx, state, ready: isReady, loggedIn, inFlight }) => ({
      ...{ name, idx, state, ready: isReady, inFlight },
      ...(loggedIn !== undefined && { loggedIn }),
    })),
  };
}
