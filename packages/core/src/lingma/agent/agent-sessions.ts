/**
 * Sessions of a standard ACP agent on one connection: opened in a mode that asks, with the model that is wanted, and known
 * until they are ended. What an agent tells only with a session, its models and whether somebody is signed in, is learned
 * from one that is opened for it and then used for the next turn.
 *
 * Over 250 lines: what is remembered of a session decides how it is opened, gone on in and ended.
 */
import { GatewayError } from '../../chat/index.js';
import { abortable, isJsonObject, type JsonObject, type JsonValue, type Logger } from '../../util/index.js';
import { JsonRpcError, type JsonRpcPeer } from '../jsonrpc/peer.js';
import { toTurnError } from '../protocol/errors.js';
import type { LingmaModel } from '../protocol/models.js';
import { sessionIdOf } from '../protocol/new-session.js';
import { checkResult, stringOf } from '../protocol/turn-end.js';
import { updateSessionId } from '../protocol/turn-ids.js';
import type { AgentProfile } from './agent-profile.js';
import { type AgentCost, type AgentJournal, costIn } from './agent-remarks.js';
import { askingMode } from './asking-mode.js';
import { type Choice, modeChoices, modelChoices } from './config-choices.js';
import { chooseAskingMode, chooseModel, modelsIn, type OpenedSession } from './session-choices.js';
import { explainAtAgent } from './sign-in.js';

export interface AgentSettings {
  readonly cwd: string;
  /** The operator lets it run its own tools (`nativeTools: run`): then its mode is its own affair. */
  readonly mayAct: boolean;
  readonly logger: Logger;
  /** How its user signs in, where that is known better than by what it says. */
  readonly signIn?: string;
  /** Takes what it tells beside its answers. */
  readonly journal?: AgentJournal;
  /** Whether somebody is signed in, as far as opening a session tells. */
  readonly onLogin?: (loggedIn: boolean) => void;
}

export interface AgentSessionWish {
  readonly modelKey?: string;
  /** Sent only to agents that take one. */
  readonly systemPrompt?: string;
  readonly signal: AbortSignal;
}

/** What is remembered of a session. */
interface OpenSession {
  readonly sessionId: string;
  readonly hasSystemPrompt: boolean;
  /** Absent: it offers none, or may act. */
  readonly mode?: Choice;
  readonly model: string | undefined;
  readonly result: JsonObject;
  /** It is in a mode, by its own doing, in which it may act unasked. */
  readonly hasLeftMode?: true;
  /** From its beginning on, as it said last. */
  readonly cost?: AgentCost;
}

/** Sessions that are remembered, the oldest forgotten first. */
const MAX_SESSIONS = 512;
const END_TIMEOUT_MS = 10_000;
const MODE_UPDATES: ReadonlySet<string> = new Set(['current_mode_update', 'config_option_update']);

export class AgentSessions {
  readonly #sessions = new Map<string, OpenSession>();
  #spare: Promise<OpenSession> | undefined;
  #models: readonly LingmaModel[] | undefined;
  #takesSystemPrompt: boolean;

  constructor(
    private readonly peer: JsonRpcPeer,
    readonly profile: AgentProfile,
    private readonly settings: AgentSettings,
  ) {
    this.#takesSystemPrompt = profile.systemPrompt !== undefined;
    // Also between turns, when nobody else hears of it.
    if (!settings.mayAct) peer.on('session/update', ({ params }) => this.#seeMode(params));
  }

  get journal(): AgentJournal | undefined {
    return this.settings.journal;
  }

  /** What a session has cost so far, by its last `usage_update`. */
  costOf(sessionId: string): AgentCost | undefined {
    return this.#sessions.get(sessionId)?.cost;
  }

  /** Takes a `usage_update`. Returns what the session has cost with it. */
  seeCost(sessionId: string, update: JsonObject): AgentCost | undefined {
    const session = this.#sessions.get(sessionId);
    const cost = costIn(update);
    if (session !== undefined && cost !== undefined) this.#sessions.set(sessionId, { ...session, cost });
    return cost;
  }

  /** Whether a system prompt may be given with a session, rather than in the conversation. */
  get takesSystemPrompt(): boolean {
    return this.#takesSystemPrompt;
  }

  /** What it lists; opens a session where none was opened yet. @throws GatewayError as {@link open} */
  async models(signal: AbortSignal): Promise<readonly LingmaModel[]> {
    if (this.#models === undefined) await this.probe(signal);
    return this.#models ?? [];
  }

  /**
   * Opens a session for the next turn, unless one is there already.
   *
   * @throws GatewayError as {@link open}
   */
  async probe(signal: AbortSignal): Promise<void> {
    if (this.#spare === undefined) {
      const spare = this.#create(undefined);
      this.#spare = spare;
      spare.catch(() => {
        if (this.#spare === spare) this.#spare = undefined;
      });
    }
    await abortable(this.#spare, signal);
  }

  /**
   * The id of a session in which a prompt may be sent. One whose owner has gone meanwhile is ended.
   *
   * @throws GatewayError `login_required` with the agent's way to sign in; `not_ready` where the agent has no mode in which
   * it asks before it acts; what the agent refuses with; the signal's reason
   */
  async open({ modelKey, systemPrompt, signal }: AgentSessionWish): Promise<string> {
    const withSystem = systemPrompt !== undefined && this.#takesSystemPrompt ? systemPrompt : undefined;
    const opening = this.#take(withSystem) ?? this.#create(withSystem);
    const gone = (): void => void opening.then(({ sessionId }) => this.end(sessionId)).catch(() => undefined);
    let session: OpenSession;
    try {
      session = await abortable(opening, signal);
      if (!this.canGoOnIn(session.sessionId)) {
        void this.end(session.sessionId);
        session = await abortable(this.#create(withSystem), signal);
      }
      if (modelKey !== undefined && (await chooseModel(this.#opened(session), modelKey, signal))) {
        this.#remember({ ...session, model: modelKey });
      }
    } catch (error) {
      gone();
      throw signal.aborted ? signal.reason : explainAtAgent(toTurnError(error), this.profile);
    }
    return session.sessionId;
  }

  /** It was opened here and has not been ended. */
  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  /** Whether a prompt may be sent in it: it is here, and in a mode in which the agent asks. */
  canGoOnIn(sessionId: string): boolean {
    const session = this.#sessions.get(sessionId);
    return session !== undefined && session.hasLeftMode !== true;
  }

  hasSystemPrompt(sessionId: string): boolean {
    return this.#sessions.get(sessionId)?.hasSystemPrompt === true;
  }

  /** Which model answers in a session. */
  modelOf(sessionId: string): string | undefined {
    return this.#sessions.get(sessionId)?.model;
  }

  /** Whether a session may be in this mode, of which the agent has told: it changes them by itself, too. */
  permits(sessionId: string, update: JsonObject): boolean {
    const chosen = this.#sessions.get(sessionId)?.mode;
    if (chosen === undefined) return true;
    const [choices] = modeChoices(update);
    const told = stringOf(update.currentModeId) ?? choices?.current;
    if (told === undefined || told === chosen.id) return true;
    const known = this.#sessions.get(sessionId)?.result ?? {};
    const options = [...modeChoices(known), ...modeChoices(update)].flatMap(({ options: all }) => all);
    const now = options.find(({ id }) => id === told) ?? { id: told, name: told, description: '' };
    return askingMode([now]) !== undefined;
  }

  /** Never rejects. By what the agent offers for it; one that offers nothing forgets its sessions by itself. */
  async end(sessionId: string): Promise<void> {
    this.#sessions.delete(sessionId);
    const { canClose, canDelete } = this.profile;
    for (const method of [...(canClose ? ['session/close'] : []), ...(canDelete ? ['session/delete'] : [])]) {
      if (this.peer.closed) return;
      try {
        checkResult(await this.peer.call(method, { sessionId }, { timeoutMs: END_TIMEOUT_MS }));
      } catch (error) {
        this.settings.logger.debug('The agent did not end a session', { method, cause: error });
      }
    }
  }

  #seeMode(params: JsonObject): undefined {
    const { update } = params;
    if (!isJsonObject(update) || !MODE_UPDATES.has(stringOf(update.sessionUpdate) ?? '')) return undefined;
    const session = this.#sessions.get(updateSessionId(params) ?? '');
    if (session === undefined || this.permits(session.sessionId, update)) return undefined;
    this.#remember({ ...session, hasLeftMode: true });
    return undefined;
  }

  /** The one that was opened ahead of its turn; it knows of no system prompt. */
  #take(systemPrompt: string | undefined): Promise<OpenSession> | undefined {
    if (systemPrompt !== undefined) return undefined;
    const spare = this.#spare;
    this.#spare = undefined;
    return spare;
  }

  /** Not bound to a signal: a session whose owner has gone must not stay with the agent, so its id is waited for. */
  async #create(systemPrompt: string | undefined): Promise<OpenSession> {
    const { onLogin } = this.settings;
    try {
      const result = await this.#new(systemPrompt);
      const sessionId = sessionIdOf(result);
      if (sessionId === undefined || !isJsonObject(result)) {
        checkResult(result);
        throw new GatewayError('upstream_protocol', `${this.profile.title} opened no session`);
      }
      onLogin?.(true);
      this.#models = modelsIn(result, this.profile);
      const mode = this.settings.mayAct ? undefined : await this.#askFirst({ sessionId, result });
      const [models] = modelChoices(result);
      const session: OpenSession = {
        sessionId,
        hasSystemPrompt: systemPrompt !== undefined && this.#takesSystemPrompt,
        ...(mode !== undefined && { mode }),
        model: models?.current,
        result,
      };
      this.#remember(session);
      return session;
    } catch (thrown) {
      const error = explainAtAgent(toTurnError(thrown), this.profile);
      if (error.code === 'login_required') onLogin?.(false);
      throw error;
    }
  }

  async #new(systemPrompt: string | undefined): Promise<JsonValue> {
    const { cwd } = this.settings;
    const plain = { cwd, mcpServers: [] };
    const onLateResult = (late: JsonValue): void => void this.end(sessionIdOf(late) ?? '');
    if (systemPrompt === undefined) return this.peer.call('session/new', plain, { onLateResult });
    const mode = this.profile.systemPrompt ?? 'append';
    const content = [{ type: 'text', text: systemPrompt }];
    try {
      return await this.peer.call('session/new', { ...plain, systemPrompt: { mode, content } }, { onLateResult });
    } catch (error) {
      if (!(error instanceof JsonRpcError) || !/system.?prompt/i.test(error.message)) throw error;
      // An unstable member: what it is told then is part of the conversation, as for all others.
      this.#takesSystemPrompt = false;
      this.settings.logger.warn('The agent did not take the system prompt', { cause: error });
      return this.peer.call('session/new', plain, { onLateResult });
    }
  }

  async #askFirst(session: Pick<OpenSession, 'sessionId' | 'result'>): Promise<Choice | undefined> {
    try {
      return await chooseAskingMode(this.#opened(session));
    } catch (error) {
      void this.end(session.sessionId);
      throw error;
    }
  }

  #opened({ sessionId, result }: Pick<OpenSession, 'sessionId' | 'result'>): OpenedSession {
    return { peer: this.peer, title: this.profile.title, sessionId, result };
  }

  #remember(session: OpenSession): void {
    this.#sessions.delete(session.sessionId);
    this.#sessions.set(session.sessionId, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
  }
}
