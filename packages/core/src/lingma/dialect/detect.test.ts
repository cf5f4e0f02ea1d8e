import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import type { JsonValue } from '../../util/index.js';
import { detectDialect } from './detect.js';
import { aContext, FakePeer, rpcError, settled } from './testing/fake-peer.js';

const detect = (peer: FakePeer, signal?: AbortSignal) => detectDialect(peer, { cwd: '/p' }, aContext(signal));

describe('detectDialect()', () => {
  const answers: readonly (readonly [string, JsonValue | Error, string])[] = [
    ['a session', { sessionId: 's' }, 'acp'],
    ['-32601', rpcError('no such thing', -32601), 'lsp-chat'],
    ['unknown method', rpcError('unknown method: session/new'), 'lsp-chat'],
    ['unsupported', rpcError('session/new is not supported'), 'lsp-chat'],
    ['silence', new GatewayError('upstream_timeout', 'no answer'), 'lsp-chat'],
    ['another refusal', rpcError('cannot get workspace folder'), 'acp'],
  ];
  it.each(answers)('%s', async (_name, answer, dialect) => {
    expect(await detect(new FakePeer().answer('session/new', answer))).toBe(dialect);
  });

  it('the trial session - is deleted', async () => {
    const peer = new FakePeer().answer('session/new', { sessionId: 's' });
    await detect(peer);
    await settled();
    expect(peer.last('chat/deleteSessionById')).toEqual({ sessionId: 's' });
  });

  it('a login problem or a lost connection - is told', async () => {
    await expect(
      detect(new FakePeer().answer('session/new', rpcError('Authentication required', -32000))),
    ).rejects.toMatchObject({
      code: 'login_required',
    });
    const dead = new FakePeer();
    dead.die();
    await expect(detect(dead)).rejects.toMatchObject({ code: 'not_ready' });
  });
});
