import { describe, expect, it } from 'vitest';
import type { TranscriptEntry } from '../../chat/index.js';
import { StickySessions } from './sticky-sessions.js';

const said = (...texts: string[]): TranscriptEntry[] =>
  texts.map((text, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', text }));

describe('StickySessions', () => {
  it('take() - counts what the session knows when the conversation goes on', () => {
    const sessions = new StickySessions();
    expect(sessions.take('m', said('a'))).toEqual({ sessionId: '', knownCount: 0 });
    sessions.keep('m', 's1', said('a'), 'b');
    expect(sessions.take('m', said('a', ' b\n', 'c'))).toEqual({ sessionId: 's1', knownCount: 2 });
  });

  it.each([
    ['another beginning', said('x', 'b', 'c')],
    ['another answer', said('a', 'x', 'c')],
    ['nothing new', said('a', 'b')],
    ['a new conversation', said('z')],
  ])('take() - knows nothing of %s', (_name, entries) => {
    const sessions = new StickySessions();
    sessions.take('m', said('a'));
    sessions.keep('m', 's1', said('a'), 'b');
    expect(sessions.take('m', entries)).toEqual({ sessionId: 's1', knownCount: 0 });
  });

  it('take() - gives a session to one turn at a time, and one a key', () => {
    const sessions = new StickySessions();
    sessions.take('m', said('a'));
    expect(sessions.take('m', said('a'))).toBeUndefined();
    expect(sessions.take('other', said('a'))).toBeDefined();
  });

  it('drop() - forgets; clear() returns what is left', () => {
    const sessions = new StickySessions();
    sessions.take('m', said('a'));
    sessions.drop('m');
    expect(sessions.take('m', said('a'))?.sessionId).toBe('');
    sessions.keep('m', 's1', said('a'), 'b');
    expect(sessions.clear()).toEqual(['s1']);
    expect(sessions.clear()).toEqual([]);
  });
});
