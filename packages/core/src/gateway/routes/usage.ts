/** What was used: `GET /internal/usage` for operators, `GET /v1/usage` for a key's own. */
import { GatewayError } from '../../chat/index.js';
import type { UsageTotals } from '../../data/index.js';
import { dataModule } from '../../data/light.js';
import type { GatewayResponse } from '../http/gateway-response.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

export function usageRoutes(totals: UsageTotals): readonly Route[] {
  const answer = async ({ request }: RequestContext, key?: string): Promise<GatewayResponse> => {
    const { readUsageQuery, usageCsv, usageJson } = dataModule.loaded ?? (await dataModule.load());
    const { searchParams } = request.url;
    const query = { ...readUsageQuery((name) => searchParams.get(name)), ...(key !== undefined && { key }) };
    const format = searchParams.get('format') || 'json';
    if (format !== 'json' && format !== 'csv') {
      throw new GatewayError('invalid_request', 'format is json or csv', { param: 'format' });
    }
    if (format === 'json') return respondJson(usageJson(totals, query));
    const headers = {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="usage.csv"',
    };
    return { status: 200, headers, body: usageCsv(totals, query) };
  };
  return [
    {
      name: 'internal-usage',
      method: 'GET',
      path: '/internal/usage',
      protocol: 'openai-chat',
      versioned: false,
      access: 'admin',
      handle: (context) => answer(context),
    },
    {
      name: 'usage',
      method: 'GET',
      path: '/usage',
      protocol: 'openai-chat',
      access: 'client',
      handle: (context) => answer(context, context.principal.id),
    },
  ];
}
