/** An instance in memory that answers as the test says. */
import { type CallContext, type ChatEvent, eventStream, GatewayError, type ModelInfo } from '../../chat/index.js';
import type { LingmaTurn, LingmaTurnStream } from '../../lingma/index.js';
import type { JsonObject, JsonValue } from '../../util/index.js';
import type {
  InstanceFactory,
  InstanceReport,
  InstanceState,
  PoolInstance,
  PoolInstanceEvents,
} from '../instance/instance-port.js';

/** Text of the answer; an error it fails with; both: the text first. `undefined`: it runs until the test ends it. */
export interface FakeAnswer {
  readonly text?: string;
  readonly error?: unknown;
}

export interface FakeTurn {
  readonly turn: LingmaTurn;
  readonly context: CallContext;
  /** Gives something of the answer. */
  say(text: string): void;
  end(error?: unknown): void;
  readonly isClosed: boolean;
}

export class FakeInstance implements PoolInstance {
  managed = false;
  state: InstanceState;
  loggedIn: boolean | undefined = true;
  isAgent = false;
  generation = 1;
  readonly turns: FakeTurn[] = [];
  readonly discarded: string[] = [];
  readonly calls: string[] = [];
  /** What turns come to; `undefined`: they run on. */
  answer: ((turn: LingmaTurn) => FakeAnswer | undefined) | undefined = () => ({ text: this.name });
  /** What starting comes to. */
  starting: () => Promise<void> = async () => this.become('ready');
  models: () => Promise<readonly ModelInfo[]> = async () => [modelOf(this.name)];
  readonly #listeners = { state: new Set<(value: never) => void>(), login: new Set<(value: never) => void>() };

  constructor(
    readonly name: string,
    state: InstanceState = 'ready',
  ) {
    this.state = state;
  }

  get create(): InstanceFactory {
    return () => this;
  }

  become(state: InstanceState): void {
    this.state = state;
    for (const listener of this.#listeners.state) listener(state as never);
  }

  logIn(loggedIn: boolean): void {
    this.loggedIn = loggedIn;
    for (const listener of this.#listeners.login) listener(loggedIn as never);
  }

  async start(): Promise<void> {
    this.calls.push('start');
    if (this.state !== 'ready') await this.starting();
  }

  async stop(): Promise<void> {
    this.calls.push('stop');
    this.become('stopped');
  }

  async restart(): Promise<void> {
    this.calls.push('restart');
  }

  streamTurn(turn: LingmaTurn, context: CallContext): LingmaTurnStream {
    let over: () => void = () => undefined;
    const isOver = new Promise<void>((resolve) => {
      over = resolve;
    });
    let closed = false;
    let clean = false;
    const events = eventStream(
      (sink) => {
        let begun = false;
        const end = (error?: unknown): void => {
          clean = error === undefined;
          if (clean) sink.events([...(begun ? [TEXT_END] : []), END]);
          over();
          sink.end(error);
        };
        const say = (delta: string): void => {
          sink.events([...(begun ? [] : [START, TEXT_START]), { type: 'text-delta', id: 't', delta }]);
          begun = true;
        };
        this.turns.push({
          turn,
          context,
          say,
          end,
          get isClosed() {
            return closed;
          },
        });
        const answer = this.answer?.(turn);
        queueMicrotask(() => {
          if (answer?.text !== undefined) say(answer.text);
          if (answer !== undefined) end(answer.error);
        });
        return { pause: () => this.calls.push('pause'), resume: () => this.calls.push('resume') };
      },
      async () => {
        closed = true;
        over();
      },
    );
    const sessionId = turn.session?.id ?? `session of ${this.name}`;
    const outcome = async () => {
      await isOver;
      return {
        sessionId,
        reusable: clean && turn.keepSession === true,
        text: '',
        continued: turn.session !== undefined,
      };
    };
    return Object.assign(events, { outcome });
  }

  listModels(): Promise<readonly ModelInfo[]> {
    this.calls.push('listModels');
    return this.models();
  }

  async request(method: string, params: JsonObject): Promise<JsonValue> {
    return { instance: this.name, method, params };
  }

  async queryModels(): Promise<JsonValue> {
    this.calls.push('queryModels');
    return { chat: [{ key: `of ${this.name}` }] };
  }

  discardSession(sessionId: string): void {
    this.discarded.push(sessionId);
  }

  async settle(): Promise<void> {
    this.calls.push('settle');
  }

  report(): InstanceReport {
    return { server: 'lingma 2.11.2', dialect: 'acp', restarts: 0 };
  }

  async close(): Promise<void> {
    this.calls.push('close');
    for (const turn of this.turns) turn.end(new GatewayError('shutting_down', 'The Lingma client is closed'));
    this.become('closed');
  }

  kill(): void {
    this.calls.push('kill');
  }

  on<Name extends keyof PoolInstanceEvents>(
    event: Name,
    listener: (value: PoolInstanceEvents[Name]) => void,
  ): () => void {
    this.#listeners[event].add(listener);
    return () => this.#listeners[event].delete(listener);
  }
}

const START: ChatEvent = { type: 'response-start', responseId: 'r', model: 'm', createdAt: 0, warnings: [] };
const TEXT_START: ChatEvent = { type: 'text-start', id: 't' };
const TEXT_END: ChatEvent = { type: 'text-end', id: 't' };
const END: ChatEvent = {
  type: 'response-end',
  finishReason: 'stop',
  usage: { inputTokens: 1, outputTokens: 1, origin: 'estimated' },
};

export const modelOf = (id: string): ModelInfo => ({
  id,
  upstreamId: id,
  displayName: id,
  isDefault: true,
  supportsReasoning: false,
  supportsImages: false,
});
