/** Whether a channel answers: one word, one token. */
import { type CallContext, GatewayError } from '../../chat/index.js';
import { type Clock, monotonicNow, redactText } from '../../util/index.js';
import { matchModel } from './model-rules.js';
import type { RoutedChannel } from './routed-channel.js';
import { UpstreamFailure } from './upstream.js';

/** What came of asking a channel's upstream. */
export interface ChannelTest {
  readonly ok: boolean;
  readonly ms: number;
  /** Of the upstream's response. */
  readonly status?: number;
  readonly model: string;
  readonly error?: string;
}

/** What it finds out counts as any other request does. Rejects never. */
export async function testChannel(
  channel: RoutedChannel,
  asked: string,
  clock: Clock,
  context: CallContext,
): Promise<ChannelTest> {
  const upstreamModel = matchModel(channel.options.rules, asked)?.upstreamModel ?? asked;
  const startedAt = monotonicNow(clock);
  const attempt = channel.begin(channel.freeKeys(new Set())[0] ?? 0);
  try {
    await ask(channel, { model: upstreamModel, key: attempt.key }, asked, context);
    attempt.succeed();
    return { ok: true, ms: monotonicNow(clock) - startedAt, status: 200, model: asked };
  } catch (error) {
    attempt.fail(error);
    const status = error instanceof UpstreamFailure ? error.upstreamStatus : undefined;
    const message = GatewayError.isInstance(error) ? error.message : 'The test failed';
    return {
      ...{ ok: false, ms: monotonicNow(clock) - startedAt, model: asked, error: redactText(message) },
      ...(status !== undefined && { status }),
    };
  } finally {
    attempt.release();
  }
}

/** What models are called that make vectors; those do not chat. */
const EMBEDDING_MODEL = /embed|\bbge-/i;

/** One token of one word. */
async function ask(
  { options }: RoutedChannel,
  target: { readonly model: string; readonly key: number },
  asked: string,
  context: CallContext,
): Promise<void> {
  const { upstream, endpoints } = options;
  const embeds = endpoints.includes('embeddings') && (!endpoints.includes('chat') || EMBEDDING_MODEL.test(asked));
  if (upstream.openRaw !== undefined && embeds) {
    const text = JSON.stringify({ model: asked, input: 'hi' });
    const request = { endpoint: 'embeddings', path: 'embeddings', stream: false, includeUsage: false } as const;
    await upstream.openRaw({ ...request, model: asked, text }, target, context);
    return;
  }
  const stream = await upstream.openChat(
    {
      model: asked,
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      tools: [],
      toolChoice: { type: 'auto' },
      parallelToolCalls: true,
      sampling: { maxOutputTokens: 1 },
      responseFormat: { type: 'text' },
      reasoning: { visible: false },
      conversation: {},
      warnings: [],
    },
    target,
    context,
  );
  await stream.close();
}
