/** The contract suites' turns played by the simulator's OpenAI-compatible upstream, behind a channel of its kind. */
import { type ChatEvent, type ErrorCode, GatewayError } from '@lingma-gateway/core/chat';
import { createOpenAiUpstream, type PlayedTurn, type UpstreamFault } from '@lingma-gateway/simulator';
import { createChannelRouter, lazyOpenAiUpstream } from '../../packages/core/src/channel/index.js';
import type { ContractChannel, ContractSubject, ContractTurn } from './contract-subject.js';
import { ANSWER, ScriptedChannel } from './scripted-channel.js';

const MODEL = 'org_auto';

/** How such a server says it. Absent: it has no such failure. */
const REFUSALS: Partial<Readonly<Record<ErrorCode, UpstreamFault>>> = {
  unsupported_feature: { status: 400, code: 'unsupported_value' },
  rate_limited: { status: 429, code: 'rate_limit_exceeded' },
  quota_exceeded: { status: 429, code: 'insufficient_quota' },
  upstream_error: { status: 500 },
  not_ready: { status: 503, form: 'one-api' },
  upstream_timeout: { status: 504, form: 'html' },
};

class UpstreamTurn implements ContractTurn {
  readonly #turn: PlayedTurn;

  constructor(turn: PlayedTurn) {
    this.#turn = turn;
  }

  push(...events: readonly ChatEvent[]): void {
    for (const event of events) this.#play(event);
  }

  end(): void {
    if (!this.#turn.closed) this.#turn.cut();
  }

  fail(error: unknown): void {
    if (!GatewayError.isInstance(error)) throw new Error('an upstream fails with what it can say', { cause: error });
    this.#turn.refuse({ ...REFUSALS[error.code], message: error.message });
  }

  get closed(): boolean {
    return this.#turn.closed;
  }

  get abandoned(): boolean {
    return this.#turn.call.aborted;
  }

  get isAwaited(): boolean {
    return !this.closed;
  }

  get messages(): readonly unknown[] {
    return this.#turn.call.body.messages as readonly unknown[];
  }

  get tools(): readonly unknown[] {
    return (this.#turn.call.body.tools ?? []) as readonly unknown[];
  }

  #play(event: ChatEvent): void {
    switch (event.type) {
      case 'response-start':
        this.#turn.begin(event.model);
        break;
      case 'text-delta':
        this.#turn.say(event.delta);
        break;
      case 'response-end':
        this.#turn.finish({ input: event.usage.inputTokens, output: event.usage.outputTokens });
        break;
      case 'text-start':
      case 'text-end':
        break;
      default:
        throw new Error(`no suite plays ${event.type} yet`);
    }
  }
}

const IT_FAILED = { message: 'It failed' };

export const OPENAI: ContractSubject = {
  async open({ clock, logger }) {
    const upstream = await createOpenAiUpstream();
    const turns: ContractTurn[] = [];
    const router = createChannelRouter({
      channels: [
        {
          ...{ name: 'up', type: 'openai', priority: 0, weight: 1, enabled: true, tags: [], keys: 1, discovers: false },
          rules: { models: [MODEL, 'vendor/qwen3-coder', '*'], mapping: {} },
          endpoints: ['chat', 'embeddings'],
          upstream: lazyOpenAiUpstream({
            ...{ baseUrl: upstream.url, keys: ['key-of-up'], clock },
            timeouts: { connectMs: 10_000, firstEventMs: 0, idleMs: 0, totalMs: 0 },
          }),
        },
      ],
      lingma: new ScriptedChannel(),
      ...{ expectsLingma: false, unknown: 'error', maxAttempts: 1, namesChannel: true, clock, logger },
      models: { aliases: { 'claude-x': MODEL }, defaultModel: MODEL },
    });
    let script: ContractChannel['script'] = (turn) => turn.push(...ANSWER);
    upstream.setPlayer((played) => {
      const turn = new UpstreamTurn(played);
      turns.push(turn);
      script(turn);
    });
    return {
      channel: router,
      turns,
      get last() {
        const turn = turns.at(-1);
        if (turn === undefined) throw new Error('no turn was started');
        return turn;
      },
      get script() {
        return script;
      },
      set script(next) {
        script = next;
        router.setEnabled('up', true);
      },
      async close() {
        await upstream.stop();
        await Promise.all(router.options.channels.map((channel) => channel.upstream.close()));
      },
    };
  },
  failures: {
    ...{ unsupported_feature: IT_FAILED, rate_limited: IT_FAILED, quota_exceeded: IT_FAILED },
    ...{ upstream_error: IT_FAILED, not_ready: IT_FAILED, upstream_timeout: IT_FAILED },
  },
  usage: 'reported',
  handedOn: ['openai-chat'],
  models: {
    listed: [MODEL, 'vendor/qwen3-coder', 'claude-x'],
    displayNames: { [MODEL]: MODEL, 'vendor/qwen3-coder': 'vendor/qwen3-coder' },
  },
  without: {
    gateway: {
      'models - an absent upstream is an error with a status': 'the list is the one of the settings, whoever is there',
      'messages missing, empty or odd - 400 that names the field': 'what is handed on is for the upstream to judge',
      'something unforeseen, whole - 500 that tells nothing': 'a server fails with what it says',
      'something unforeseen, streamed - 500 that tells nothing': 'a server fails with what it says',
    },
  },
};
