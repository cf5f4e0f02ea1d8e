/** The dialect to run turns in: as it was set, or found out once a process. */
import { abortable, type Clock, type Logger } from '../../util/index.js';
import { agentOf } from '../agent/agent-of.js';
import { detectDialect } from '../dialect/detect-dialect.js';
import type { AbandonSession, LingmaDialect } from '../dialect/dialect.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import type { DialectName } from '../protocol/dialect-name.js';
import { retryAlone } from './shared-call.js';

export interface DialectCacheOptions {
  /** Each loaded when a process speaks it, once. */
  readonly dialects: Readonly<Record<DialectName, () => Promise<LingmaDialect>>>;
  readonly dialect: DialectName | 'auto';
  readonly cwd: string;
  /** Milliseconds `session/new` may take before the process counts as one without ACP. */
  readonly detectMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Ends a detection that is under way. */
  readonly signal: AbortSignal;
  /** Takes the session of the trial. */
  readonly abandon: AbandonSession;
}

export class DialectCache {
  #known: LingmaDialect | undefined;
  /** Of all turns that want to know at the same time. */
  #detecting: Promise<LingmaDialect> | undefined;

  constructor(private readonly options: DialectCacheOptions) {}

  /** `undefined` until it is known. */
  get known(): LingmaDialect | undefined {
    return this.#known;
  }

  /** Another process may speak another. */
  forget(): void {
    this.#known = undefined;
    this.#detecting = undefined;
  }

  /** @throws GatewayError what detection fails with, or the signal's reason */
  get(peer: JsonRpcPeer, signal: AbortSignal): Promise<LingmaDialect> {
    if (this.#known !== undefined) return Promise.resolve(this.#known);
    return retryAlone(peer, signal, () => {
      this.#detecting ??= this.#detect(peer);
      return abortable(this.#detecting, signal);
    });
  }

  #detect(peer: JsonRpcPeer): Promise<LingmaDialect> {
    const { dialects, logger } = this.options;
    const detecting = this.#nameOf(peer).then((name) => dialects[name]());
    detecting.then(
      (dialect) => {
        if (this.#detecting !== detecting) return;
        this.#known = dialect;
        logger.info('Lingma speaks', { dialect: dialect.name });
      },
      () => {
        if (this.#detecting === detecting) this.#detecting = undefined;
      },
    );
    return detecting;
  }

  #nameOf(peer: JsonRpcPeer): Promise<DialectName> {
    const { dialect, cwd, detectMs, clock, logger, signal, abandon } = this.options;
    const agent = agentOf(peer);
    // What it is has been told; whether it can be used is seen by a session, which serves the next turn.
    if (agent !== undefined && dialect !== 'lsp-chat') return agent.probe(signal).then(() => 'acp');
    if (dialect !== 'auto') return Promise.resolve(dialect);
    return detectDialect(peer, { cwd, timeoutMs: detectMs, clock, abandon }, { requestId: 'detect', signal, logger });
  }
}
