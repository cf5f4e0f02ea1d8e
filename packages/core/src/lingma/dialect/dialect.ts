/**
 * The port between `LingmaClient` and the two ways to hold a conversation with the process. A dialect owns nothing
 * beyond one turn: connections and sessions belong to the client.
 */
import type { CallContext } from '../../chat/index.js';
import type { JsonRpcPeer } from '../jsonrpc/peer.js';
import type { DialectName } from '../protocol/dialect-name.js';
import type { DialectTurn, RunningTurn } from '../turn/turn-contract.js';

export interface LingmaDialect {
  readonly name: DialectName;
  /**
   * A session to run turns in. LSP chat has no such call: it returns `''` and the process names the session in the
   * first event of the turn.
   */
  openSession(peer: JsonRpcPeer, settings: SessionSettings, context: CallContext): Promise<string>;
  /** Runs one turn. `outcome` settles (never rejects) once the process is done with it or was given up on. */
  runTurn(peer: JsonRpcPeer, turn: DialectTurn, context: CallContext): RunningTurn;
}

export interface SessionSettings {
  readonly cwd: string;
  /** Selected before the first prompt (ACP `session/set_model`); absent: the account's default. */
  readonly modelKey?: string;
  /** The caller's instructions, for agents that take them with the session (`AgentSessions.takesSystemPrompt`). */
  readonly systemPrompt?: string;
  readonly abandon: AbandonSession;
}

/**
 * Takes a session that nobody will use, made already or on its way; it is to be deleted. `''` or a rejection: there is
 * none after all.
 */
export type AbandonSession = (session: Promise<string>) => void;
