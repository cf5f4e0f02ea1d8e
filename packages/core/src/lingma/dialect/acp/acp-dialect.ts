/**
 * The ACP dialect: `session/new`, `session/prompt`, `session/update` (protocol section 8). The turn ends with a
 * `chat_finish` notification, with the prompt's response, or with both in any order; agents of plain ACP know only
 * the response.
 */
import { type CallContext, GatewayError } from '../../../chat/index.js';
import { abortable, type Clock, type JsonValue, OutsideTextError, systemClock } from '../../../util/index.js';
import { agentOf } from '../../agent/agent-of.js';
import type { JsonRpcPeer } from '../../jsonrpc/peer.js';
import { toTurnError } from '../../protocol/errors.js';
import { buildNewSession, buildSetModel, sessionIdOf } from '../../protocol/new-session.js';
import { checkResult } from '../../protocol/turn-end.js';
import { withoutSecrets } from '../../transport/redact.js';
import { Turn } from '../../turn/turn.js';
import type { RunningTurn } from '../../turn/turn-contract.js';
import type { LingmaDialect, SessionSettings } from '../dialect.js';
import { AcpTurn } from './acp-turn.js';
import { ImageFiles } from './image-files.js';

export interface AcpDialectOptions {
  readonly clock?: Clock;
  readonly images?: ImageFiles;
  /** Wait for `chat_finish` after a response that names its `stopReason`, in milliseconds. Default 3000. */
  readonly finishGraceMs?: number;
}

export function createAcpDialect(options: AcpDialectOptions = {}): LingmaDialect {
  const clock = options.clock ?? systemClock;
  const images = options.images ?? new ImageFiles({ clock });
  return {
    name: 'acp',
    openSession: (peer, settings, context) => openSession(peer, settings, context, clock),
    runTurn(peer, turn, context): RunningTurn {
      const requestId = crypto.randomUUID();
      const port = new AcpTurn(peer, images, clock, options.finishGraceMs ?? 3000);
      return new Turn({ peer, turn, context, requestId, port, clock }).start();
    },
  };
}

async function openSession(
  peer: JsonRpcPeer,
  settings: SessionSettings,
  context: CallContext,
  clock: Clock,
): Promise<string> {
  const { signal } = context;
  const agent = agentOf(peer);
  if (agent !== undefined) return agent.open({ ...settings, signal });
  const params = buildNewSession(settings.cwd, clock.now());
  // Not bound to the signal: a session whose owner has gone must not stay in the process, so its id is waited for.
  const made = peer
    .call('session/new', params, { onLateResult: (late) => settings.abandon(Promise.resolve(sessionIdOf(late) ?? '')) })
    .then(newSessionId);
  try {
    const sessionId = await abortable(made, signal);
    if (settings.modelKey !== undefined) await setModel(peer, sessionId, settings.modelKey, context, clock);
    return sessionId;
  } catch (error) {
    settings.abandon(made);
    throw signal.aborted ? signal.reason : toTurnError(error);
  }
}

/** @throws GatewayError what the result says, or `upstream_protocol` */
function newSessionId(result: JsonValue): string {
  const sessionId = sessionIdOf(result);
  if (sessionId !== undefined) return sessionId;
  checkResult(result);
  const cause = new OutsideTextError(withoutSecrets(JSON.stringify(result)));
  throw new GatewayError('upstream_protocol', 'Lingma opened no session', { cause });
}

async function setModel(
  peer: JsonRpcPeer,
  sessionId: string,
  modelKey: string,
  { signal, logger }: CallContext,
  clock: Clock,
): Promise<void> {
  try {
    checkResult(await peer.call('session/set_model', buildSetModel(sessionId, modelKey, clock.now()), { signal }));
  } catch (error) {
    if (signal.aborted || peer.closed) throw error;
    // The model also goes with each prompt; a process that needs more will say so there.
    logger.warn('Lingma did not take the model', { model: modelKey, cause: error });
  }
}
