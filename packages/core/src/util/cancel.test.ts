import { describe, expect, it, vi } from 'vitest';
import { createCancelSource } from './cancel.js';

/** What a real controller does, ours must do. */
const sources = [
  ['Node', () => new AbortController()],
  ['ours', createCancelSource],
] as const;

describe.each(sources)('an abort signal of %s', (_name, create) => {
  it('abort() - the first reason counts; without one it is an AbortError', () => {
    const source = create();
    expect(source.signal.aborted).toBe(false);
    source.signal.throwIfAborted();
    const reason = new Error('first');
    source.abort(reason);
    source.abort(new Error('second'));
    expect(source.signal.reason).toBe(reason);
    expect(() => source.signal.throwIfAborted()).toThrow(reason);
    const bare = create();
    bare.abort();
    expect(bare.signal.reason).toMatchObject({ name: 'AbortError' });
  });

  it('listeners - once each, in their order, and not those that were taken back', () => {
    const source = create();
    const heard: string[] = [];
    const gone = (): void => void heard.push('gone');
    const first = (): void => {
      heard.push('first');
      source.signal.removeEventListener('abort', gone);
    };
    source.signal.onabort = () => heard.push('onabort');
    source.signal.addEventListener('abort', first, { once: true });
    source.signal.addEventListener('abort', first, { once: true });
    source.signal.addEventListener('abort', gone, { once: true });
    source.signal.addEventListener('abort', { handleEvent: ({ type }: Event) => void heard.push(type) });
    source.signal.addEventListener('error', () => heard.push('error'));
    source.abort();
    source.signal.addEventListener('abort', () => heard.push('late'));
    source.abort();
    expect(heard).toEqual(['onabort', 'first', 'abort']);
  });
});

it('a listener that throws - the others hear of it, and the error is reported', async () => {
  const source = createCancelSource();
  const other = vi.fn();
  const reported = new Promise((resolve) => {
    vi.stubGlobal('queueMicrotask', (task: () => void) => {
      try {
        task();
      } catch (error) {
        resolve(error);
      }
    });
  });
  source.signal.addEventListener('abort', () => {
    throw new Error('broken');
  });
  source.signal.addEventListener('abort', other);
  source.abort();
  vi.unstubAllGlobals();
  expect(other).toHaveBeenCalledOnce();
  expect(await reported).toMatchObject({ message: 'broken' });
});
