import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { OutsideTextError } from '../../util/index.js';
import { JsonRpcError } from '../jsonrpc/peer.js';
import { isUnknownSession, unknownSession } from './unknown-session.js';

const failed = (cause: Error): GatewayError => new GatewayError('upstream_error', 'failed', { cause });

describe('isUnknownSession()', () => {
  it.each([
    'session not found: s1',
    'Session 0b1c-22 does not exist',
    "the sessionId doesn't exist",
    'unknown session',
    'Unknown session id s1',
    'no such conversation',
    'invalid session_id',
    'session expired',
    'the session has been closed',
    'cannot find the session s1',
    'failed to load chat session',
    'thread is no longer available',
    '会话不存在',
    '会话 s1 已过期',
    '找不到会话',
  ])('says so - "%s"', (words) => {
    expect(isUnknownSession(failed(new OutsideTextError(words)))).toBe(true);
    expect(isUnknownSession(failed(new JsonRpcError('session/prompt', -32603, words)))).toBe(true);
    expect(
      isUnknownSession(failed(new JsonRpcError('session/prompt', -32603, 'Internal error', { details: words }))),
    ).toBe(true);
  });

  it.each(['rate limit exceeded', 'model not found', 'please log in', 'the session is busy', 'token expired', ''])(
    'speaks of something else - "%s"',
    (words) => {
      expect(isUnknownSession(failed(new OutsideTextError(words)))).toBe(false);
    },
  );

  it('our own failures are no word of the process', () => {
    expect(isUnknownSession(failed(new Error('session not found')))).toBe(false);
    expect(unknownSession().code).toBe('upstream_error');
  });
});
