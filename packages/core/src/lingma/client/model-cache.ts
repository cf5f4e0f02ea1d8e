/** The process's models, asked for once and again when it says that they changed. */
import { abortable, type Clock, type JsonValue, type Logger, monotonicNow, sleep } from '../../util/index.js';
import { agentOf } from '../agent/agent-of.js';
import type { ConnectionPool } from '../connection/connection-pool.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import { isConnectionLost, isUnknownMethod, toTurnError } from '../protocol/errors.js';
import { type LingmaModel, parseModels } from '../protocol/models.js';
import { type LoginStatus, loginRequired } from './login-status.js';
import { retryAlone } from './shared-call.js';

/** Right after a login the list may still be empty (protocol section 6). */
const RETRY_WAITS_MS = [300, 1000];
/** Milliseconds until a process that does not answer counts as one that lists none. */
const ASK_MS = 5000;
/** How long an empty list is believed. */
const EMPTY_MS = 30_000;
/** How long silence is taken for "none": asking again costs a turn {@link ASK_MS}. */
const SILENT_MS = 5 * 60_000;

/** Models whose context is remembered, the oldest forgotten first. */
const MAX_CONTEXTS = 256;

/** What `config/queryModels` answers, as it is. @throws GatewayError what it fails with, or the signal's reason */
export async function queryModels(connections: ConnectionPool, signal: AbortSignal): Promise<JsonValue> {
  const lease = await connections.acquire(signal);
  try {
    const answer = await abortable(lease.peer.call('config/queryModels', {}, { timeoutMs: ASK_MS }), signal);
    return (answer ?? null) as JsonValue;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw toTurnError(error);
  } finally {
    lease.release();
  }
}

export interface GetOptions {
  /** Asks once more where the list is known to be empty: whoever wants to see it may have changed that. Default false. */
  readonly doubtEmpty?: boolean;
}

export class ModelCache {
  #known: readonly LingmaModel[] | undefined;
  #until = Number.POSITIVE_INFINITY;
  #believeMs = EMPTY_MS;
  #asking: Promise<readonly LingmaModel[]> | undefined;
  /** Contexts of models that the list says nothing of, as turns have told. */
  readonly #contexts = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  get known(): readonly LingmaModel[] | undefined {
    return monotonicNow(this.clock) < this.#until ? this.#known : undefined;
  }

  forget(): undefined {
    this.#known = undefined;
    this.#asking = undefined;
  }

  /** A turn has told what fits into the context of its model; absent: the default one. The list's own word counts more. */
  learn(modelKey: string | undefined, contextTokens: number): void {
    const model = this.#known?.find(({ upstreamId, isDefault }) =>
      modelKey === undefined ? isDefault : upstreamId === modelKey,
    );
    if (model === undefined || this.#contexts.get(model.upstreamId) === contextTokens) return;
    if (model.maxInputTokens !== undefined && !this.#contexts.has(model.upstreamId)) return;
    this.#contexts.set(model.upstreamId, contextTokens);
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size > MAX_CONTEXTS && oldest !== undefined) this.#contexts.delete(oldest);
    this.#known = this.#withContexts(this.#known ?? []);
  }

  #withContexts(models: readonly LingmaModel[]): readonly LingmaModel[] {
    return models.map((model) => {
      const learned = this.#contexts.get(model.upstreamId);
      return learned === undefined ? model : { ...model, maxInputTokens: learned };
    });
  }

  /** Takes the word of the process, on this connection, that the models have changed. */
  listen(peer: JsonRpcPeer): void {
    const forget = (): undefined => this.forget();
    peer.on('model/refresh', forget);
    peer.on('config/refreshModels', forget);
  }

  /**
   * Turns that want the list at the same time share one call; what its connection's end means to the others is theirs
   * to decide. Empty when the process lists none, also after a short wait, does not know the method, or keeps silent.
   *
   * @throws GatewayError what `config/queryModels` fails with, or the signal's reason
   */
  get(
    peer: JsonRpcPeer,
    signal: AbortSignal,
    { doubtEmpty = false }: GetOptions = {},
  ): Promise<readonly LingmaModel[]> {
    const { known } = this;
    const doubted = doubtEmpty && known?.length === 0 && this.#believeMs === EMPTY_MS;
    if (known !== undefined && !doubted) return Promise.resolve(known);
    let asking = this.#asking;
    if (asking === undefined) {
      asking = this.#ask(peer, doubted ? [] : RETRY_WAITS_MS);
      this.#asking = asking;
      const own = asking;
      const settled = (models?: readonly LingmaModel[]): void => {
        // A refresh in between has made this answer an old one.
        if (this.#asking !== own) return;
        this.#asking = undefined;
        if (models === undefined) return;
        this.#known = this.#withContexts(models);
        this.#until = models.length > 0 ? Number.POSITIVE_INFINITY : monotonicNow(this.clock) + this.#believeMs;
      };
      own.then(settled, () => settled());
    }
    return abortable(asking, signal);
  }

  /**
   * For whoever asks apart from a turn.
   *
   * @throws GatewayError `login_required` when the list is empty because nobody is logged in, and what
   * `config/queryModels` fails with
   */
  async list(connections: ConnectionPool, login: LoginStatus, signal: AbortSignal): Promise<readonly LingmaModel[]> {
    const { known } = this;
    if (known !== undefined && known.length > 0 && connections.size > 0) return known;
    for (let attempt = 0; ; attempt++) {
      const lease = await connections.acquire(signal);
      try {
        await login.require(lease.peer, signal);
        const list = await this.get(lease.peer, signal, { doubtEmpty: true });
        if (list.length === 0 && (await login.recheck(lease.peer, signal)) === false) throw loginRequired();
        return list;
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const failure = toTurnError(error);
        // The connection had died while nobody used it.
        if (attempt > 0 || !isConnectionLost(failure)) throw failure;
      } finally {
        lease.release();
      }
    }
  }

  /** For a turn, which can do without the list: the process then takes the account's default. */
  async forTurn(peer: JsonRpcPeer, signal: AbortSignal): Promise<readonly LingmaModel[]> {
    try {
      return await retryAlone(peer, signal, () => this.get(peer, signal));
    } catch (error) {
      if (signal.aborted || peer.closed) throw error;
      this.logger.warn('Lingma did not list its models', { cause: error });
      return [];
    }
  }

  async #ask(peer: JsonRpcPeer, retryWaitsMs: readonly number[]): Promise<readonly LingmaModel[]> {
    for (let attempt = 0; ; attempt++) {
      try {
        const agent = agentOf(peer);
        const models =
          agent === undefined
            ? parseModels(await peer.call('config/queryModels', {}, { timeoutMs: ASK_MS }))
            : await agent.models(new AbortController().signal);
        this.#believeMs = EMPTY_MS;
        const waitMs = agent === undefined ? retryWaitsMs[attempt] : undefined;
        if (models.length > 0 || waitMs === undefined) return models;
        await sleep(waitMs, undefined, this.clock);
      } catch (error) {
        const failure = toTurnError(error);
        const silent = failure.code === 'upstream_timeout';
        if (!silent && !isUnknownMethod(error)) throw failure;
        if (silent) this.#believeMs = SILENT_MS;
        this.logger.debug('Lingma lists no models');
        return [];
      }
    }
  }
}
