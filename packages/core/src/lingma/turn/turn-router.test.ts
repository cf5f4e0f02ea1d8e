import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../util/index.js';
import { FakePeer } from '../dialect/testing/fake-peer.js';
import type { IncomingMessage } from '../jsonrpc/peer.js';
import { type RoutedTurn, TurnRouter } from './turn-router.js';

class Turn implements RoutedTurn {
  readonly seen: string[] = [];
  constructor(
    readonly requestId: string,
    public sessionId = '',
  ) {}
  readonly read = ({ method }: IncomingMessage): void => {
    this.seen.push(method);
  };
  unreadable(error: unknown): void {
    this.seen.push(String(error));
  }
}

function setUp(...turns: Turn[]) {
  const peer = new FakePeer();
  const router = new TurnRouter(peer);
  return { peer, router, leave: turns.map((turn) => router.enter(turn)) };
}

/** Params and the turns, of `a` (session `s`) and `b` (not named yet), that they reach: beside the other, and alone. */
const LSP: readonly (readonly [JsonObject, together: string, alone: string])[] = [
  [{ requestId: 'a' }, 'a', 'a'],
  [{ requestId: 'a', sessionId: 'of another' }, 'a', 'a'],
  [{ requestId: 'gone', sessionId: 's' }, '', ''],
  [{ sessionId: 's' }, 'a', 'a'],
  [{ requestId: '', sessionId: 's' }, 'a', 'a'],
  [{ _meta: { 'ai-coding/request-id': 'b' } }, 'b', ''],
  [{ sessionId: 'unknown' }, '', ''],
  [{ sessionId: '' }, '', 'a'],
  [{}, '', 'a'],
];

/** As above, for `session/update`: one of the two must be named. */
const UPDATES: readonly (readonly [JsonObject, together: string])[] = [
  [{ sessionId: 's', update: {} }, 'a'],
  [{ sessionId: 's', _meta: { 'ai-coding/request-id': 'a' }, update: {} }, 'a'],
  [{ sessionId: 's', update: { _meta: { 'ai-coding/request-id': 'a' } } }, 'a'],
  [{ update: { data: { requestId: 'a', sessionId: 's' } } }, 'a'],
  [{ update: { _meta: { 'ai-coding/request-id': 'b' } } }, 'b'],
  [{ sessionId: 's', _meta: { 'ai-coding/request-id': 'b' }, update: {} }, ''],
  [{ sessionId: 'other', update: {} }, ''],
  [{ sessionId: '', update: {} }, ''],
  [{ update: {} }, ''],
  [{}, ''],
];

describe('TurnRouter', () => {
  it.each(LSP)('%j - reaches its turn', (params, together, alone) => {
    const a = new Turn('a', 's');
    const b = new Turn('b');
    const { peer, leave } = setUp(a, b);
    peer.emit('chat/answer', params);
    expect([a, b].filter(({ seen }) => seen.length > 0).map(({ requestId }) => requestId)).toEqual(
      together === '' ? [] : [together],
    );
    leave[1]?.();
    a.seen.length = 0;
    peer.emit('chat/answer', params);
    expect(a.seen).toEqual(alone === '' ? [] : ['chat/answer']);
  });

  it.each(UPDATES)('session/update %j - reaches its turn', (params, together) => {
    const a = new Turn('a', 's');
    const b = new Turn('b');
    const { peer } = setUp(a, b);
    peer.emit('session/update', params);
    expect([a, b].filter(({ seen }) => seen.length > 0).map(({ requestId }) => requestId)).toEqual(
      together === '' ? [] : [together],
    );
  });

  it.each(['error', 'fatal_error', 'chat/error'])('%s that names nobody - is everybody’s', (method) => {
    const turns = [new Turn('a', 's'), new Turn('b')];
    const { peer } = setUp(...turns);
    peer.emit(method, { message: 'out of memory' });
    peer.emit(method, { requestId: 'of another client' });
    expect(turns.map(({ seen }) => seen)).toEqual([[method], [method]]);
  });

  it('named() - a session is found by its last name, also after the turn has gone', () => {
    const a = new Turn('a');
    const { peer, router, leave } = setUp(a);
    for (const [before, name] of [
      ['', 'first'],
      ['first', 'second'],
    ] as const) {
      a.sessionId = name;
      router.named(a, before);
    }
    peer.emit('chat/answer', { sessionId: 'first' });
    expect(a.seen).toEqual([]);
    peer.emit('chat/answer', { sessionId: 'second' });
    expect(a.seen).toHaveLength(1);
    leave[0]?.();
    expect(router.turnOf({ requestId: 'a' })).toBeUndefined();
    expect(router.turnOfSession('second')).toBeUndefined();
    expect(router.concernsUs({ sessionId: 'second' })).toBe(true);
    expect(router.concernsUs({ sessionId: 'foreign' })).toBe(false);
    expect(router.concernsUs({})).toBe(true);
  });

  it('several turns of one session - all of them see what names the session alone, the newest is asked for leave', () => {
    const turns = [new Turn('a', 's'), new Turn('b', 's'), new Turn('c', 'other')];
    const { peer, router, leave } = setUp(...turns);
    const seen = (): number[] => turns.map((turn) => turn.seen.length);
    peer.emit('session/update', { sessionId: 's', update: {} });
    peer.emit('chat/answer', { sessionId: 's' });
    expect(seen()).toEqual([2, 2, 0]);
    expect(router.turnOfSession('s')).toBe(turns[1]);
    leave[1]?.();
    peer.emit('session/update', { sessionId: 's', update: {} });
    expect(seen()).toEqual([3, 2, 0]);
    expect(router.turnOfSession('s')).toBe(turns[0]);
  });

  it('concernsUs() - remembers the last 512 ids, and 1024 at most', () => {
    const { router } = setUp();
    for (let n = 0; n < 1024; n++) {
      router.enter(new Turn(`r${n}`))();
      expect(router.concernsUs({ requestId: `r${Math.max(0, n - 511)}` })).toBe(true);
    }
    expect(router.concernsUs({ requestId: 'r511' })).toBe(false);
  });
});
