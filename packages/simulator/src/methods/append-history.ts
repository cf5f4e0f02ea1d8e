import { randomUUID } from 'node:crypto';
import { internalError } from '../connection/rpc.js';
import { arrayMember, isJsonObject, type JsonObject, stringMember } from '../json-object.js';
import type { Handler } from './call.js';

/**
 * `session/appendHistoryTurn`: what was said elsewhere, put at the end of a session, which is made where there is none
 * (protocol section 8.10).
 */
export const appendHistoryTurn: Handler = ({ lingma, params }): JsonObject => {
  const { recorder, sessions } = lingma;
  const id = stringMember(params, 'sessionId');
  const messages = arrayMember(params, 'messages').filter(isJsonObject);
  if (messages.length === 0) throw internalError('messages is empty');
  const known = id === '' ? undefined : sessions.get(id);
  const session =
    known ?? sessions.create({ ...(id === '' ? {} : { id }), dialect: 'acp', sessionType: 'assistant', modelKey: '' });
  if (known === undefined) {
    recorder.stats.sessionsCreated += 1;
    recorder.stats.sessionsOpen = sessions.size;
  }
  const textOf = (role: string): string =>
    messages
      .filter((message) => message.role === role)
      .map((message) => stringMember(message, 'content'))
      .join('\n\n');
  const record = sessions.addRecord(session, stringMember(params, 'requestId') || randomUUID(), textOf('user'));
  sessions.completeRecord(session, record, { answer: textOf('assistant'), reasoning: '' });
  record.finished = true;
  return { appendedMessageIds: messages.map(() => randomUUID()), createdSession: known === undefined };
};
