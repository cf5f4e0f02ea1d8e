import { baseResult, internalError } from '../connection/rpc.js';
import { createLspChatEmitter } from '../dialect/lsp-chat-emitter.js';
import { arrayMember, type JsonObject, objectMember, stringMember } from '../json-object.js';
import type { Lingma } from '../process/process-state.js';
import type { Session } from '../process/session-store.js';
import { runTurn } from '../turn/run-turn.js';
import { Turn } from '../turn/turn.js';
import { createAskReply } from './ask-reply.js';
import { type Call, type MethodTable, NO_REPLY } from './call.js';
import { isUploadedImageUrl } from './image-methods.js';
import { checkRoomForTurn, earlyFailureOf, failsItsRequest, planOf, titleOf, toolConfigNames } from './start-turn.js';
import { stopTurns } from './stop-turns.js';

/** `chat/ask` and the methods around it, protocol section 7. */
export function chatMethods(): MethodTable {
  return {
    'chat/ask': ask,
    'chat/stop': ({ lingma, method, params }) => {
      stopTurns(lingma, method, stringMember(params, 'requestId'), stringMember(params, 'sessionId'));
      return {};
    },
    'chat/stopSession': ({ lingma, method, params }) => {
      stopTurns(lingma, method, '', stringMember(params, 'sessionId'));
      return {};
    },
    'chat/deleteSessionById': ({ lingma, params }) => {
      const sessionId = stringMember(params, 'sessionId') || stringMember(params, 'id');
      if (!lingma.sessions.delete(sessionId)) throw internalError(`session not found: ${sessionId}`);
      for (const turn of lingma.turns.values()) if (turn.session.id === sessionId) turn.stop();
      lingma.recorder.stats.sessionsDeleted += 1;
      lingma.recorder.stats.sessionsOpen = lingma.sessions.size;
      return baseResult('');
    },
    'chat/clearAllSessions': ({ lingma }) => {
      lingma.recorder.stats.sessionsDeleted += lingma.sessions.size;
      lingma.sessions.clear();
      lingma.recorder.stats.sessionsOpen = 0;
      return baseResult('');
    },
    'chat/listAllSessions': ({ lingma, client }) =>
      lingma.sessions
        .all()
        .filter(
          ({ sessionType }) => lingma.switches.sessionList === 'all' || (client.isIde && sessionType === 'assistant'),
        )
        .map((session) => chatSession(lingma, session)),
    'chat/renameSession': ({ lingma, params }) => {
      const sessionId = stringMember(params, 'sessionId');
      const session = lingma.sessions.get(sessionId);
      if (session === undefined) throw internalError(`session not found: ${sessionId}`);
      session.title = stringMember(params, 'newTitle') || session.title;
      return baseResult('');
    },
    'chat/quota/doNotRemindAgain': () => baseResult(''),
    'chat/getSessionById': ({ lingma, params }) => {
      const sessionId = stringMember(params, 'sessionId') || stringMember(params, 'id');
      const session = lingma.sessions.get(sessionId);
      if (session === undefined) throw internalError(`session not found: ${sessionId}`);
      return chatSession(lingma, session);
    },
    'session/getCurrent': ({ lingma }) => ({
      currentSessionIds: [...new Set([...lingma.turns.values()].map((turn) => turn.session.id))],
    }),
  };
}

function ask(call: Call): typeof NO_REPLY {
  const { lingma, client, params } = call;
  const requestId = stringMember(params, 'requestId');
  if (requestId === '') throw internalError('requestId is empty');
  if (lingma.turns.has(requestId)) throw internalError(`request is already running: ${requestId}`);
  checkRoomForTurn(lingma);

  const sessionType = stringMember(params, 'sessionType') || 'chat';
  const question = stringMember(params, 'questionText') || stringMember(objectMember(params, 'chatContext'), 'text');
  const { session, isNew } = sessionOf(lingma, stringMember(params, 'sessionId'), sessionType);
  if (isNew) session.title = titleOf(question);
  const record = lingma.sessions.addRecord(session, requestId, question);
  const turn = new Turn({ dialect: 'lsp-chat', requestId, session, record, client });

  const imageUrls = arrayMember(objectMember(params, 'chatContext'), 'imageUrls');
  const prompt = {
    ...{ dialect: turn.dialect, sessionId: session.id, requestId, text: question },
    modelKey: stringMember(objectMember(objectMember(params, 'extra'), 'modelConfig'), 'key'),
    mode: stringMember(params, 'mode'),
    isReply: params.isReply === true,
    earlier: session.records.length - 1,
    images: imageUrls.filter(isUploadedImageUrl).length,
    toolConfig: toolConfigNames(params),
  };
  lingma.recorder.addPrompt(prompt);
  lingma.log(`|Chat| doAsk params.SessionType: ${sessionType}, ChatMode: ${prompt.mode}`);
  lingma.log(`Async chat, request id: ${requestId}`);

  const earlyFailure = earlyFailureOf(lingma);
  const plan = planOf(lingma, turn, prompt);
  const failsRequest = failsItsRequest(lingma, earlyFailure, plan);
  const reply = createAskReply(call, requestId, failsRequest ? 'end' : lingma.switches.askReply);
  const emitter = createLspChatEmitter(lingma, turn, {
    stream: params.stream !== false,
    isNewSession: isNew,
    onEvent: reply.onEvent,
    onEnd: reply.onEnd,
    failRequest: reply.fail,
  });
  void runTurn(lingma, turn, { plan, emitter, earlyFailure });
  return NO_REPLY;
}

/** The session a question belongs to; `''` and unknown ids open a new one (protocol section 7.14). */
function sessionOf(lingma: Lingma, id: string, sessionType: string): { session: Session; isNew: boolean } {
  const known = id === '' ? undefined : lingma.sessions.get(id);
  if (known !== undefined) return { session: known, isNew: false };
  const keepsId = id !== '' && lingma.switches.sessionIds === 'echo';
  const session = lingma.sessions.create({
    ...(keepsId ? { id } : {}),
    dialect: 'lsp-chat',
    sessionType,
    modelKey: '',
  });
  lingma.recorder.stats.sessionsCreated += 1;
  lingma.recorder.stats.sessionsOpen = lingma.sessions.size;
  return { session, isNew: true };
}

/** A ChatSession of the protocol's method catalogue (section 7.16). */
function chatSession(lingma: Lingma, session: Session): JsonObject {
  const user = lingma.login.user();
  return {
    ...{ userId: user?.id ?? '', userName: user?.name ?? '', sessionId: session.id, sessionTitle: session.title },
    ...{ projectId: '', projectUri: '', projectName: '' },
    ...{ gmtCreate: session.createdAt, gmtModified: session.modifiedAt, sessionType: session.sessionType },
    chatRecords: session.records.map((record) => ({
      ...{ requestId: record.requestId, question: record.question, summary: record.answer, answer: record.answer },
      ...{ reasoningContent: record.reasoning, sessionType: session.sessionType, gmtCreate: record.createdAt },
      finishStatus: record.finished ? 0 : 1,
      errorResult:
        record.error === undefined
          ? null
          : { errorCode: String(record.error.status), errorMessage: record.error.message },
    })),
  };
}
