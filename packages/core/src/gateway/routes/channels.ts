/** What operators do with channels: see how they fare, take one out or put it back, try one. */
import { GatewayError } from '../../chat/index.js';
import type { ChannelAdmin } from '../channel-admin.js';
import { channelBody } from '../observe/stats.js';
import type { RequestContext } from '../request-context.js';
import { respondJson } from '../respond/respond-json.js';
import type { Route } from '../router.js';

const ADMIN = { protocol: 'openai-chat', versioned: false, access: 'admin' } as const;
/** Of a name that is not there. */
const MAX_NAME = 64;
/** Milliseconds that a test may take. */
const TEST_MS = 60_000;

export function channelRoutes(channels: ChannelAdmin): readonly Route[] {
  const missing = (name: string): GatewayError => {
    const names =
      channels
        .list()
        .map((channel) => channel.name)
        .join(', ') || 'none';
    return new GatewayError('not_found', `There is no channel "${name.slice(0, MAX_NAME)}"; there are: ${names}`);
  };
  const switching = (step: 'enable' | 'disable'): Route => ({
    ...ADMIN,
    name: `internal-channel-${step}`,
    method: 'POST',
    path: `/internal/channels/:name/${step}`,
    async handle({ params, logger, principal }) {
      const name = params.name as string;
      if (!channels.setEnabled(name, step === 'enable')) throw missing(name);
      logger.info(`channel: ${step}`, { channel: name, principal: principal.id });
      const channel = channels.list().find((each) => each.name === name);
      return respondJson(channel === undefined ? { name } : channelBody(channel));
    },
  });
  return [
    {
      ...ADMIN,
      name: 'internal-channels',
      method: 'GET',
      path: '/internal/channels',
      handle: async () => respondJson({ channels: channels.list().map(channelBody) }),
    },
    switching('enable'),
    switching('disable'),
    {
      ...ADMIN,
      name: 'internal-channel-test',
      method: 'POST',
      path: '/internal/channels/:name/test',
      handle: (context) => test(channels, missing, context),
    },
  ];
}

async function test(channels: ChannelAdmin, missing: (name: string) => GatewayError, context: RequestContext) {
  const name = context.params.name as string;
  const model = context.request.url.searchParams.get('model') ?? undefined;
  const cancel = context.clock.schedule(TEST_MS, () =>
    context.abort(new GatewayError('upstream_timeout', `The test took longer than ${TEST_MS / 1000} s`)),
  );
  try {
    const result = await channels.test(name, model === '' ? undefined : model, context);
    if (result === undefined) throw missing(name);
    const { ok, ms, status, error } = result;
    return respondJson({ ok, ms: Math.round(ms), status: status ?? null, model: result.model, error: error ?? null });
  } finally {
    cancel();
  }
}
