import { describe, expect, it } from 'vitest';
import { type SignalHost, stopOnSignals } from './stop-on-signals.js';

function start(env: Readonly<Record<string, string>> = {}) {
  const listeners = new Map<string, () => void>();
  const codes: number[] = [];
  const said: string[] = [];
  let time = 5000;
  let closed = 0;
  let finish: () => void = () => undefined;
  const host: SignalHost = {
    on: (event, listener) => listeners.set(event, listener),
    exit: (code) => codes.push(code),
    now: () => time,
  };
  const closing = new Promise<void>((resolve) => (finish = resolve));
  const close = (): Promise<void> => {
    closed++;
    return closing;
  };
  stopOnSignals({ close, log: (message) => said.push(message), env, host });
  return {
    codes,
    said,
    closed: () => closed,
    wait: (ms: number) => (time += ms),
    get: (event: string) => listeners.get(event)?.(),
    finish: () => {
      finish();
      return new Promise((resolve) => setImmediate(resolve));
    },
  };
}

describe('stopOnSignals()', () => {
  it('the first signal - closes and ends with 0 once that is done', async () => {
    const server = start();
    server.get('SIGINT');
    expect({ closed: server.closed(), codes: server.codes }).toEqual({ closed: 1, codes: [] });
    await server.finish();
    expect(server.codes).toEqual([0]);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('a second signal - %s ends at once with %s', (signal, code) => {
    const server = start();
    server.get('SIGINT');
    server.get(signal);
    expect({ codes: server.codes, closed: server.closed() }).toEqual({ codes: [code], closed: 1 });
  });

  it('under npm - what follows within a second is the same Ctrl-C, what comes later is another', () => {
    const server = start({ npm_command: 'exec' });
    server.get('SIGINT');
    server.wait(999);
    server.get('SIGINT');
    expect(server.codes).toEqual([]);
    server.wait(1);
    server.get('SIGINT');
    expect(server.codes).toEqual([130]);
  });

  it('whoever started it is gone - closes; once, and not after a signal', async () => {
    const server = start();
    server.get('disconnect');
    server.get('disconnect');
    expect(server.closed()).toBe(1);
    await server.finish();
    expect(server.codes).toEqual([0]);
    const told = start();
    told.get('SIGTERM');
    told.get('disconnect');
    expect(told.closed()).toBe(1);
  });
});
