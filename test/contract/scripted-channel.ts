/** A channel whose turns are played by the test, and a clock that moves when the test says so. */
import {
  type CallContext,
  type Channel,
  type ChatEvent,
  type ChatEventStream,
  type ChatRequest,
  type ModelInfo,
  pullStream,
} from '@lingma-gateway/core/chat';

export const MODELS: readonly ModelInfo[] = [
  model('org_auto', 'Auto', true),
  model('vendor/qwen3-coder', 'Qwen3 Coder'),
  { ...model('claude-x', 'Claude X'), aliasOf: 'org_auto' },
];

function model(id: string, displayName: string, isDefault = false): ModelInfo {
  return { id, upstreamId: id, displayName, isDefault, supportsReasoning: false, supportsImages: false };
}

export const START: ChatEvent = {
  type: 'response-start',
  responseId: 'turn-1',
  model: 'org_auto',
  createdAt: 1_700_000_000_000,
  inputTokens: 11,
  warnings: [],
};
export const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 11, outputTokens: 2, origin: 'estimated' },
};
export const text = (id: string, ...deltas: readonly string[]): ChatEvent[] => [
  { type: 'text-start', id },
  ...deltas.map((delta): ChatEvent => ({ type: 'text-delta', id, delta })),
  { type: 'text-end', id },
];
export const ANSWER: readonly ChatEvent[] = [START, ...text('t', 'Hello', ' world'), END];

/** One turn as the test plays it. */
export class ScriptedTurn {
  reads = 0;
  closed = false;
  isAwaited = false;
  #batches: ChatEvent[][] = [];
  #ending: { readonly error?: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(
    readonly request: ChatRequest,
    readonly context: CallContext,
    /** Endless turns make a batch whenever one is asked for. */
    private readonly source?: () => ChatEvent[],
  ) {
    context.signal.addEventListener('abort', () => this.fail(context.signal.reason));
  }

  push(...events: readonly ChatEvent[]): void {
    this.#batches.push([...events]);
    this.#wake?.();
  }

  end(): void {
    this.#ending ??= {};
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#ending ??= { error };
    this.#wake?.();
  }

  get abandoned(): boolean {
    return this.context.signal.aborted;
  }

  get messages(): readonly unknown[] {
    return this.request.messages;
  }

  get tools(): readonly unknown[] {
    return this.request.tools;
  }

  readonly stream: ChatEventStream = pullStream(
    async () => {
      this.reads++;
      for (;;) {
        const batch = this.#batches.shift();
        if (batch !== undefined) return batch;
        if (this.#ending !== undefined) {
          if ('error' in this.#ending) throw this.#ending.error;
          return undefined;
        }
        if (this.source !== undefined) return this.source();
        this.isAwaited = true;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.isAwaited = false;
      }
    },
    async () => {
      this.closed = true;
      this.end();
    },
  );
}

export class ScriptedChannel implements Channel {
  readonly name = 'scripted';
  readonly turns: ScriptedTurn[] = [];
  /** What each new turn does by itself. Default: answers {@link ANSWER}. */
  script: (turn: ScriptedTurn) => void = (turn) => {
    turn.push(...ANSWER);
    turn.end();
  };
  source: (() => ChatEvent[]) | undefined;
  failModels: Error | undefined;
  /** As the contract suites have it. */
  readonly channel = this;

  async listModels(): Promise<readonly ModelInfo[]> {
    if (this.failModels !== undefined) throw this.failModels;
    return MODELS;
  }

  streamChat(request: ChatRequest, context: CallContext): ChatEventStream {
    const turn = new ScriptedTurn(request, context, this.source);
    this.turns.push(turn);
    this.script(turn);
    return turn.stream;
  }

  status(): { state: string } {
    return { state: 'ready' };
  }

  async close(): Promise<void> {}

  get last(): ScriptedTurn {
    const turn = this.turns.at(-1);
    if (turn === undefined) throw new Error('no turn was started');
    return turn;
  }
}

export class FakeClock {
  #now = 1_700_000_000_000;
  #timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  now(): number {
    return this.#now;
  }

  schedule(ms: number, callback: () => void): () => void {
    const timer = { due: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Runs what falls due, in order, including what that schedules. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = next.due;
      next.callback();
    }
    this.#now = end;
  }
}
