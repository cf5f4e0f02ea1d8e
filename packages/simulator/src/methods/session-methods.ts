import { statSync } from 'node:fs';
import { internalError, RPC_CODE, RpcError } from '../connection/rpc.js';
import { createAcpEmitter } from '../dialect/acp-emitter.js';
import { arrayMember, isJsonObject, type JsonObject, objectMember, stringMember } from '../json-object.js';
import { defaultModelKey } from '../process/model-catalog.js';
import type { Lingma } from '../process/process-state.js';
import type { Session } from '../process/session-store.js';
import { runTurn } from '../turn/run-turn.js';
import { Turn } from '../turn/turn.js';
import { appendHistoryTurn } from './append-history.js';
import { type Call, type MethodTable, NO_REPLY } from './call.js';
import { countPromptImages } from './prompt-images.js';
import { createPromptReply } from './prompt-reply.js';
import { replayOf } from './replay-history.js';
import { checkRoomForTurn, earlyFailureOf, failsItsRequest, planOf, titleOf, toolConfigNames } from './start-turn.js';
import { stopTurns } from './stop-turns.js';

/** Can be loaded, but is stored nowhere: prompts fail with `model key is empty` even after set_model (captured). */
const BLANK_SESSION = 'blank_session_quest';

/** The ACP dialect's calls, protocol section 8. */
export const SESSION_METHODS: MethodTable = {
  'session/new': ({ lingma, client, params, afterReply }) => {
    if (!isFolder(stringMember(params, 'cwd'))) throw internalError('cannot get workspace folder');
    const meta = objectMember(params, '_meta');
    const chosen = stringMember(meta, 'ai-coding/model');
    const fallback = lingma.switches.sessionModel === 'default' ? defaultModelKey(lingma.models()) : '';
    const session = lingma.sessions.create({ dialect: 'acp', sessionType: 'quest', modelKey: chosen || fallback });
    session.modeId = stringMember(meta, 'ai-coding/mode');
    lingma.recorder.stats.sessionsCreated += 1;
    lingma.recorder.stats.sessionsOpen = lingma.sessions.size;
    if (lingma.switches.availableCommands) {
      const update = { sessionUpdate: 'available_commands_update', availableCommands: [] };
      afterReply(() => client.notify('session/update', { sessionId: session.id, update }));
    }
    return { sessionId: session.id };
  },
  'session/load': (call) => load(call),
  'session/set_model': (call) => setModel(call),
  'session/set_model/quest': (call) => setModel(call),
  'session/set_mode': ({ lingma, client, params, afterReply }) => {
    const session = storedSession(lingma, params);
    if (session !== undefined) session.modeId = stringMember(params, 'modeId');
    if (lingma.switches.modelUpdates && session !== undefined) {
      const update = { sessionUpdate: 'current_mode_update', currentModeId: session.modeId };
      afterReply(() => client.notify('session/update', { sessionId: session.id, update }));
    }
    return {};
  },
  'session/prompt': (call) => prompt(call),
  'session/cancel': ({ lingma, method, params }) => {
    const requestId = stringMember(objectMember(params, '_meta'), 'ai-coding/request-id');
    stopTurns(lingma, method, requestId, stringMember(params, 'sessionId'));
    return {};
  },
  'session/appendHistoryTurn': appendHistoryTurn,
  'session/generateTitle': ({ lingma, params }) => {
    const session = storedSession(lingma, params);
    return { sessionId: stringMember(params, 'sessionId'), title: session?.title ?? '' };
  },
  'session/close': ({ lingma, params }) => {
    storedSession(lingma, params);
    return {};
  },
};

function load({ lingma, client, params }: Call): JsonObject {
  const sessionId = stringMember(params, 'sessionId');
  if (sessionId === BLANK_SESSION) return { sessionId };
  const session = storedSession(lingma, params);
  if (session === undefined) throw internalError(`session not found: ${sessionId}`);
  // A load brings the history back, not the model (protocol section 8.2).
  session.modelKey = '';
  for (const record of session.records) {
    // `streamed`: history is told whole, what is being said is not.
    const _meta = { 'ai-coding/request-id': record.requestId, 'ai-coding/streamed': false };
    for (const update of replayOf(record)) client.notify('session/update', { sessionId, _meta, update });
  }
  return { sessionId };
}

function setModel({ lingma, client, params, afterReply }: Call): JsonObject {
  const session = storedSession(lingma, params);
  if (session !== undefined) session.modelKey = stringMember(params, 'modelId');
  if (lingma.switches.modelUpdates && session !== undefined) {
    const update = { sessionUpdate: 'current_model_update', currentModelId: session.modelKey };
    afterReply(() => client.notify('session/update', { sessionId: session.id, update }));
  }
  return {};
}

function prompt(call: Call): typeof NO_REPLY {
  const { lingma, client, params } = call;
  const meta = objectMember(params, '_meta');
  const requestId = stringMember(meta, 'ai-coding/request-id');
  if (requestId === '') throw internalError('requestId is empty');
  const sessionId = stringMember(params, 'sessionId');
  const session = lingma.sessions.get(sessionId);
  if (session === undefined) {
    if (lingma.switches.unknownSession === 'model-key-empty') throw internalError('model key is empty');
    throw new RpcError(RPC_CODE.unknownSession, `session not found: ${sessionId}`);
  }
  const modelKey = stringMember(meta, 'ai-coding/model') || session.modelKey;
  if (modelKey === '') throw internalError('model key is empty');
  if (lingma.turns.has(requestId)) throw internalError(`request is already running: ${requestId}`);
  for (const other of lingma.turns.values()) {
    if (other.session === session) throw internalError('session is busy with another prompt');
  }
  checkRoomForTurn(lingma);
  session.modelKey = modelKey;

  const parts = arrayMember(params, 'prompt');
  const text = parts.map(textOfPart).join('\n');
  const isFirstPrompt = session.records.length === 0;
  if (isFirstPrompt) session.title = titleOf(text);
  const record = lingma.sessions.addRecord(session, requestId, text);
  const turn = new Turn({ dialect: 'acp', requestId, session, record, client });
  const promptRecord = {
    ...{ dialect: turn.dialect, sessionId, requestId, text, modelKey },
    mode: stringMember(meta, 'ai-coding/mode') || session.modeId,
    isReply: false,
    earlier: session.records.length - 1,
    images: countPromptImages(lingma, parts),
    toolConfig: toolConfigNames(params),
  };
  lingma.recorder.addPrompt(promptRecord);
  lingma.log(`Async chat, request id: ${requestId}`);

  const earlyFailure = earlyFailureOf(lingma);
  const plan = planOf(lingma, turn, promptRecord);
  const failsRequest = failsItsRequest(lingma, earlyFailure, plan);
  const reply = createPromptReply(call, requestId, failsRequest ? 'after' : lingma.switches.promptReply);
  const emitter = createAcpEmitter(lingma, turn, { isFirstPrompt, onEnd: reply.onEnd, failRequest: reply.fail });
  void runTurn(lingma, turn, { plan, emitter, earlyFailure });
  return NO_REPLY;
}

/** The session meant, undefined for the blank one. @throws RpcError when it is unknown */
function storedSession(lingma: Lingma, params: JsonObject): Session | undefined {
  const sessionId = stringMember(params, 'sessionId');
  const session = lingma.sessions.get(sessionId);
  if (session === undefined && sessionId !== BLANK_SESSION) throw internalError(`session not found: ${sessionId}`);
  return session;
}

/** Text of one prompt part; resources count with what text they bring. */
function textOfPart(part: unknown): string {
  if (!isJsonObject(part)) return '';
  if (part.type === 'resource') return stringMember(objectMember(part, 'resource'), 'text');
  if (part.type === 'resource_link') return stringMember(part, 'uri');
  return part.type === 'text' ? stringMember(part, 'text') : '';
}

function isFolder(path: string): boolean {
  try {
    return path !== '' && statSync(path).isDirectory();
  } catch {
    return false;
  }
}
