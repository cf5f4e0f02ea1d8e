import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import type { JsonValue } from '../../util/index.js';
import { detectDialect } from './detect-dialect.js';
import { aContext, FakePeer, rpcError } from './testing/fake-peer.js';

const abandoned: Promise<string>[] = [];
const abandon = (session: Promise<string>): void => {
  session.catch(() => undefined);
  abandoned.push(session);
};
const detect = (peer: FakePeer, signal?: AbortSignal) => detectDialect(peer, { cwd: '/p', abandon }, aContext(signal));

describe('detectDialect()', () => {
  const answers: readonly (readonly [string, JsonValue | Error, string])[] = [
    ['a session', { sessionId: 's' }, 'acp'],
    ['-32601', rpcError('no such thing', -32601), 'lsp-chat'],
    ['unknown method', rpcError('unknown method: session/new'), 'lsp-chat'],
    ['unsupported', rpcError('session/new is not supported'), 'lsp-chat'],
    ['silence', new GatewayError('upstream_timeout', 'no answer'), 'lsp-chat'],
    ['a refusal in any other words', rpcError('boom'), 'lsp-chat'],
    ['words of another language', rpcError('未知方法 session/new'), 'lsp-chat'],
    ['a result that says no', { success: false, errorMessage: 'unknown method' }, 'lsp-chat'],
    ['a result without a session', {}, 'lsp-chat'],
    ['null', null, 'lsp-chat'],
    ['a refusal of the folder', rpcError('cannot get workspace folder'), 'acp'],
    ['a folder that is not there', rpcError('cwd does not exist'), 'acp'],
    ['a method that is not there, in words of folders', rpcError('method not supported in this workspace'), 'lsp-chat'],
    ['-32601, whatever it says', rpcError('workspace handler missing', -32601), 'lsp-chat'],
    ['a refusal of the parameters', rpcError('model key is empty'), 'acp'],
    ['a result that refuses the folder', { success: false, errorMessage: 'cannot get workspace folder' }, 'acp'],
    ['a used-up account', rpcError('quota exceeded'), 'acp'],
    ['a used-up account, in a result', { success: false, errorMessage: 'quota exceeded' }, 'acp'],
  ];
  it.each(answers)('%s', async (_name, answer, dialect) => {
    expect(await detect(new FakePeer().answer('session/new', answer))).toBe(dialect);
  });

  it('the trial session - is abandoned, also when the caller has gone', async () => {
    const controller = new AbortController();
    const detecting = detect(new FakePeer().answer('session/new', { sessionId: 's' }), controller.signal);
    controller.abort(new Error('gone'));
    await expect(detecting).rejects.toThrow('gone');
    expect(await abandoned.at(-1)).toBe('s');
  });

  it('a login problem or a lost connection - is told', async () => {
    await expect(
      detect(new FakePeer().answer('session/new', rpcError('Authentication required', -32000))),
    ).rejects.toMatchObject({
      code: 'login_required',
    });
    await expect(
      detect(new FakePeer().answer('session/new', { success: false, errorMessage: 'not login' })),
    ).rejects.toMatchObject({ code: 'login_required' });
    const dead = new FakePeer();
    dead.die();
    await expect(detect(dead)).rejects.toMatchObject({ code: 'not_ready' });
  });
});
