/** `GET /readyz`: whether a turn that came now could be run. For load balancers, which send requests elsewhere while it is not. */
import type { ObservedInstance } from '../observe/gauges.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export interface ReadinessRouteOptions {
  /** Empty: nothing is known, and nothing speaks against it. */
  readonly instances: () => readonly ObservedInstance[];
  readonly isClosing: () => boolean;
  readonly isBootstrapping: () => boolean;
  /** Whether a channel beside Lingma's can answer: what speaks against Lingma speaks against nothing then. */
  readonly answersElsewhere?: () => boolean;
}

type Reason = 'draining' | 'bootstrapping' | 'no_instance_ready' | 'login_required';

const RETRY_AFTER = '5';

export function readinessRoute(options: ReadinessRouteOptions): Route {
  return {
    name: 'readyz',
    method: 'GET',
    path: '/readyz',
    access: 'open',
    versioned: false,
    async handle() {
      const reasons = reasonsAgainst(options);
      if (reasons.length === 0) return respondJson({ ready: true }, 200, { 'cache-control': 'no-store' });
      const headers = { 'cache-control': 'no-store', 'retry-after': RETRY_AFTER };
      return respondJson({ ready: false, reasons }, 503, headers);
    },
  };
}

function reasonsAgainst({ instances, isClosing, isBootstrapping, answersElsewhere }: ReadinessRouteOptions): Reason[] {
  const reasons: Reason[] = [];
  if (isClosing()) reasons.push('draining');
  if (answersElsewhere?.() === true) return reasons;
  if (isBootstrapping()) reasons.push('bootstrapping');
  const all = instances();
  const running = all.filter(({ state, draining }) => state === 'ready' && draining !== true);
  if (all.length > 0 && running.length === 0) reasons.push('no_instance_ready');
  // An agent that gets no turns cannot tell that somebody has signed in.
  const isLoggedOut = ({ loggedIn, isAgent }: ObservedInstance): boolean => loggedIn === false && isAgent !== true;
  if (running.length > 0 && running.every(isLoggedOut)) reasons.push('login_required');
  return reasons;
}
