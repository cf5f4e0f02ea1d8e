/** Live counters; tests read them to see what a client really did. */

/** Which of the two chat dialects a turn used. */
export type Dialect = 'lsp-chat' | 'acp';

/** One prompt as it was received. */
export interface PromptRecord {
  readonly dialect: Dialect;
  readonly sessionId: string;
  readonly requestId: string;
  readonly text: string;
  /** Key of the model the turn ran with; `''` when the account default was left to the process. */
  readonly modelKey: string;
  readonly mode: string;
  /** LSP chat: `isReply`. */
  readonly isReply: boolean;
  /** Prompts that the session had heard before. */
  readonly earlier: number;
  /** Pictures received and readable. */
  readonly images: number;
  /** Names of the caller's tools found in `tool_config`. */
  readonly toolConfig: readonly string[];
}

/** One `chat/stop`, `chat/stopSession` or `session/cancel`. */
export interface StopRecord {
  readonly method: string;
  readonly requestId: string;
  readonly sessionId: string;
  /** Turns that it stopped. */
  readonly turns: number;
}

/** Counters since `createSimulator`; they survive a stop and a new start. */
export interface SimulatorStats {
  connectionsOpen: number;
  connectionsTotal: number;
  /** Connections refused because of `maxClients`, a wrong path, a missing token or an `Origin`. */
  connectionsRefused: number;
  initializes: number;
  sessionsCreated: number;
  sessionsDeleted: number;
  sessionsOpen: number;
  turnsStarted: number;
  turnsActive: number;
  turnsFinished: number;
  /** Turns whose client went away. */
  turnsAbandoned: number;
  readonly stops: StopRecord[];
  /** The last 1000. */
  readonly prompts: PromptRecord[];
  /** Requests sent to clients: events with an id, `tool/invoke` and the like. */
  requestsSent: number;
  requestsAnswered: number;
  /** Those never answered: timed out, or left open for a while by a client that then went away. */
  unansweredRequests: number;
  /** Unknown header, invalid JSON, unknown method, params that are no object, answer to nothing. */
  protocolErrors: number;
  /** The last 100 of them in words. */
  readonly protocolErrorDetails: string[];
  /** Faults of directives and of `methodFaults` that have struck, by kind. */
  readonly faults: Record<string, number>;
  /** `/auth/callback` with a query. */
  callbacks: number;
  /** Messages received by method. */
  readonly calls: Record<string, number>;
}

const MAX_PROMPTS = 1000;
const MAX_PROMPT_CHARS = 64 * 1024 * 1024;

/** Of names and ids that clients make up. */
const MAX_NAME_CHARS = 300;

const clip = (text: string): string => text.slice(0, MAX_NAME_CHARS);

/** Fresh counters with the few operations that keep them bounded. */
export class StatsRecorder {
  readonly stats: SimulatorStats = {
    connectionsOpen: 0,
    connectionsTotal: 0,
    connectionsRefused: 0,
    initializes: 0,
    sessionsCreated: 0,
    sessionsDeleted: 0,
    sessionsOpen: 0,
    turnsStarted: 0,
    turnsActive: 0,
    turnsFinished: 0,
    turnsAbandoned: 0,
    stops: [],
    prompts: [],
    requestsSent: 0,
    requestsAnswered: 0,
    unansweredRequests: 0,
    protocolErrors: 0,
    protocolErrorDetails: [],
    faults: {},
    callbacks: 0,
    // Without a prototype: a method may be called `constructor`.
    calls: Object.create(null) as Record<string, number>,
  };
  #promptChars = 0;

  addPrompt(prompt: PromptRecord): void {
    const { prompts } = this.stats;
    prompts.push(prompt);
    this.#promptChars += prompt.text.length;
    while (prompts.length > MAX_PROMPTS || (this.#promptChars > MAX_PROMPT_CHARS && prompts.length > 1)) {
      this.#promptChars -= prompts.shift()?.text.length ?? 0;
    }
  }

  addStop(stop: StopRecord): void {
    const [requestId, sessionId] = [clip(stop.requestId), clip(stop.sessionId)];
    this.stats.stops.push({ ...stop, requestId, sessionId });
    if (this.stats.stops.length > 10_000) this.stats.stops.shift();
  }

  addProtocolError(detail: string): void {
    this.stats.protocolErrors += 1;
    this.stats.protocolErrorDetails.push(clip(detail));
    if (this.stats.protocolErrorDetails.length > 100) this.stats.protocolErrorDetails.shift();
  }

  countFault(kind: string): void {
    this.stats.faults[kind] = (this.stats.faults[kind] ?? 0) + 1;
  }

  countCall(name: string): void {
    const method = clip(name);
    // A client that makes methods up must not grow the table for ever.
    if (this.stats.calls[method] === undefined && Object.keys(this.stats.calls).length >= 1000) return;
    this.stats.calls[method] = (this.stats.calls[method] ?? 0) + 1;
  }
}
