/** What operators look at: `GET /internal/stats` and `/internal/debug/requests`. */
import type { JsonObject } from '../../util/index.js';
import type { Observation } from '../observe/observation.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

export function internalRoutes(observation: Pick<Observation, 'stats' | 'debugRequests'>): readonly Route[] {
  const route = (name: string, path: string, answer: (context: RequestContext) => JsonObject): Route => ({
    name,
    method: 'GET',
    path,
    protocol: 'openai-chat',
    versioned: false,
    access: 'admin',
    handle: async (context) => respondJson(answer(context)),
  });
  const debugRequests = ({ request }: RequestContext): JsonObject =>
    observation.debugRequests(readLimit(request.url.searchParams.get('limit')));
  return [
    route('internal-stats', '/internal/stats', () => observation.stats()),
    route('debug-requests', '/internal/debug/requests', debugRequests),
    route('debug-requests', '/debug/requests', debugRequests),
  ];
}

function readLimit(text: string | null): number {
  const limit = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isNaN(limit) ? DEFAULT_LIMIT : Math.min(MAX_LIMIT, Math.max(1, Math.trunc(limit)));
}
