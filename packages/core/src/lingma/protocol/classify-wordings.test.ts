import { describe, expect, it } from 'vitest';
import { JsonRpcError } from '../jsonrpc/peer.js';
import { classifyFailure, isUnknownMethod } from './errors.js';

describe('isUnknownMethod()', () => {
  it.each([
    'unknown method: session/new',
    'method session/new not found',
    'no such method',
    'method not implemented',
    'Unhandled method session/new',
    'the method session/new does not exist',
    'handler not found',
    'session/new is not supported',
  ])('%s - in whatever words', (text) => {
    expect(isUnknownMethod(new JsonRpcError('session/new', -32603, text))).toBe(true);
  });

  it.each(['cannot get workspace folder', 'requestId is empty', 'not login', 'model key is empty'])(
    '%s - shows that the method is there',
    (text) => {
      expect(isUnknownMethod(new JsonRpcError('session/new', -32603, text))).toBe(false);
    },
  );
});

describe('classifyFailure()', () => {
  it.each(['filtered', 'filter', 'content is filtered', 'blocked', 'DataInspectionFailed'])(
    '%s - the content filter, whatever the status',
    (text) => {
      expect(classifyFailure({ text, status: 400 })).toBe('content-filter');
    },
  );

  it.each([
    ['need login', 'login_required'],
    ['auth failed', 'login_required'],
    ['limit exceeded', 'quota_exceeded'],
    ['超出配额', 'quota_exceeded'],
    ['out of credits', 'quota_exceeded'],
    ['cannot get workspace folder', 'upstream_error'],
    ['model key is empty', 'upstream_error'],
  ])('%s - %s', (text, code) => {
    expect(classifyFailure({ text, status: 403 })).toMatchObject({ code });
  });

  it.each(['cannot get workspace folder', 'model key is empty'])('%s - says what to do', (text) => {
    const failure = classifyFailure({ text, rpcCode: -32603 });
    expect(failure).toMatchObject({ message: expect.stringMatching(/configure/i) });
  });
});
