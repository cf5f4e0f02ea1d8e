import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { swallowRest } from './swallow-rest.js';

afterEach(() => void vi.useRealTimers());

/** A request whose rest is still to come. */
const request = (socket: object, complete = false) =>
  Object.assign(new EventEmitter(), { socket, complete, resume: vi.fn() });

describe('swallowRest()', () => {
  it('a rest that does not come - ends the connection after a while', () => {
    vi.useFakeTimers();
    const destroy = vi.fn();
    const incoming = request({ destroy });
    swallowRest(incoming as unknown as IncomingMessage);
    expect(incoming.resume).toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(destroy).toHaveBeenCalledTimes(1);
  });

  it('a rest that comes, and a request that is complete - leave it', () => {
    vi.useFakeTimers();
    const destroy = vi.fn();
    const incoming = request({ destroy });
    swallowRest(incoming as unknown as IncomingMessage);
    incoming.emit('end');
    swallowRest(request({ destroy }, true) as unknown as IncomingMessage);
    vi.advanceTimersByTime(60_000);
    expect(destroy).not.toHaveBeenCalled();
  });

  it('an injected request, whose socket is none - ends nothing, and nothing is thrown', () => {
    vi.useFakeTimers();
    swallowRest(request({}) as unknown as IncomingMessage);
    expect(() => vi.advanceTimersByTime(60_000)).not.toThrow();
  });
});
