import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../chat/index.js';
import { type Clock, type JsonObject, type JsonValue, silentLogger } from '../../util/index.js';
import type { Transport, TransportHandlers } from '../transport/transport.js';
import { createJsonRpcConnection, type JsonRpcConnection, type JsonRpcConnectionOptions } from './connection.js';
import { encodeFrame } from './encode-frame.js';
import { FrameDecoder } from './frame-decoder.js';
import { JsonRpcError } from './peer.js';

/** The process's end of a connection, in memory: keeps what was sent, sends what it is told to. */
class FakeProcess implements Transport {
  readonly address = 'memory';
  readonly sent: JsonObject[] = [];
  readonly calls: string[] = [];
  handlers: TransportHandlers | undefined;
  readonly #decoder = new FrameDecoder({ maxFrameBytes: 1e6 });

  send(frame: Uint8Array): void {
    this.#decoder.push(frame, (body) => this.sent.push(JSON.parse(body)));
  }
  pause(): void {
    this.calls.push('pause');
  }
  resume(): void {
    this.calls.push('resume');
  }
  close(): void {
    this.calls.push('close');
    this.handlers?.onClose();
  }
  listen(handlers: TransportHandlers): void {
    this.handlers = handlers;
  }
  /** All messages in one chunk. */
  says(...messages: JsonObject[]): void {
    this.saysBytes(Buffer.concat(messages.map(encodeFrame)));
  }
  saysBytes(bytes: Uint8Array): void {
    this.handlers?.onBytes(bytes);
  }
  get last(): JsonObject {
    return this.sent.at(-1) ?? {};
  }
}

/** Time that stands still until told. */
class FakeClock implements Clock {
  time = 0;
  readonly timers = new Map<() => void, number>();
  now(): number {
    return this.time;
  }
  schedule(ms: number, callback: () => void): () => void {
    const own = (): void => callback();
    this.timers.set(own, this.time + ms);
    return () => this.timers.delete(own);
  }
  advance(ms: number): void {
    this.time += ms;
    for (const [callback, due] of [...this.timers]) {
      if (due <= this.time && this.timers.delete(callback)) callback();
    }
  }
}

function connect(options: JsonRpcConnectionOptions = {}): {
  process: FakeProcess;
  clock: FakeClock;
  connection: JsonRpcConnection;
} {
  const process = new FakeProcess();
  const clock = new FakeClock();
  return { process, clock, connection: createJsonRpcConnection(process, { clock, ...options }) };
}

/** The rejection of a promise that must not fulfil. */
function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`fulfilled with ${JSON.stringify(value)}`);
    },
    (reason: unknown) => reason,
  );
}

describe('call()', () => {
  it('sends a request and fulfils with its result, in any order', async () => {
    const { process, connection } = connect();
    const first = connection.call('a', { x: '灵码' });
    const second = connection.call('b', {});
    expect(process.sent).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'a', params: { x: '灵码' } },
      { jsonrpc: '2.0', id: 2, method: 'b', params: {} },
    ]);
    process.says({ jsonrpc: '2.0', id: 2, result: 'two' }, { jsonrpc: '2.0', id: 1, result: null });
    expect(await first).toBeNull();
    expect(await second).toBe('two');
  });

  it('accepts an id echoed as text, and no other text', async () => {
    const { process, connection } = connect();
    const call = connection.call('a', {});
    process.says(
      { id: '1.0', result: 'wrong' },
      { id: 'x1', result: 'wrong' },
      { id: '', result: 'wrong' },
      { id: '1', result: 'right' },
    );
    expect(await call).toBe('right');
  });

  it('rejects with what the process answered', async () => {
    const { process, connection } = connect();
    const failure = rejection(connection.call('session/prompt', {}));
    process.says({ id: 1, error: { code: -32603, message: 'requestId is empty', data: { a: 1 } } });
    const error = await failure;
    expect(error).toBeInstanceOf(JsonRpcError);
    expect(error).toMatchObject({
      method: 'session/prompt',
      code: -32603,
      message: 'requestId is empty',
      data: { a: 1 },
    });
  });

  it('does not take a request of the process with the same id for its response', async () => {
    const { process, connection } = connect();
    const call = connection.call('a', {});
    process.says({ id: 1, method: 'chat/answer', params: {} });
    expect(process.last).toMatchObject({ id: 1, error: { code: -32601 } });
    process.says({ id: 1, result: 'mine' });
    expect(await call).toBe('mine');
  });

  it('fails with upstream_timeout when its time is over, and lets the connection live', async () => {
    const { process, clock, connection } = connect({ callTimeoutMs: 100 });
    const late = rejection(connection.call('slow', {}));
    const own = rejection(connection.call('slower', {}, { timeoutMs: 200 }));
    const endless = connection.call('endless', {}, { timeoutMs: Number.POSITIVE_INFINITY });
    clock.advance(100);
    expect(await late).toMatchObject({ code: 'upstream_timeout', message: 'Lingma did not answer slow within 100 ms' });
    clock.advance(100);
    expect(await own).toMatchObject({ code: 'upstream_timeout' });
    clock.advance(1e9);
    process.says({ id: 1, result: 'too late' }, { id: 3, result: 'fine' });
    expect(await endless).toBe('fine');
    expect(connection.closed).toBe(false);
  });

  it('gives a late result to onLateResult, once, and a late error to nobody', async () => {
    const { process, clock, connection } = connect();
    const results: JsonValue[] = [];
    const onLateResult = (result: JsonValue): void => void results.push(result);
    const controller = new AbortController();
    const timedOut = rejection(connection.call('session/new', {}, { timeoutMs: 5, onLateResult }));
    const aborted = rejection(connection.call('session/new', {}, { signal: controller.signal, onLateResult }));
    const failed = rejection(connection.call('session/new', {}, { timeoutMs: 5, onLateResult }));
    const inTime = connection.call('session/new', {}, { onLateResult });
    clock.advance(5);
    controller.abort(new Error('gone'));
    process.says(
      { id: 1, result: 's1' },
      { id: 1, result: 's1' },
      { id: 2, result: 's2' },
      { id: 3, error: { code: 1 } },
      { id: 4, result: 's4' },
    );
    await Promise.all([timedOut, aborted, failed, inTime]);
    expect(results).toEqual(['s1', 's2']);
  });

  it('survives an onLateResult that throws', async () => {
    const { process, clock, connection } = connect();
    const onLateResult = vi.fn(() => {
      throw new Error('broken');
    });
    const call = rejection(connection.call('a', {}, { timeoutMs: 1, onLateResult }));
    clock.advance(1);
    await call;
    process.says({ id: 1, result: 1 });
    expect(onLateResult).toHaveBeenCalledOnce();
    expect(connection.closed).toBe(false);
  });

  it("rejects with the signal's reason, before and while it waits", async () => {
    const { process, connection } = connect();
    const reason = new GatewayError('client_closed', 'left');
    const controller = new AbortController();
    const waiting = rejection(connection.call('a', {}, { signal: controller.signal }));
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await rejection(connection.call('b', {}, { signal: controller.signal }))).toBe(reason);
    expect(process.sent).toHaveLength(1);
  });

  it('leaves neither listener nor timer behind, however it ends', async () => {
    const { process, clock, connection } = connect();
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, 'addEventListener');
    const removed = vi.spyOn(signal, 'removeEventListener');
    const settled = [connection.call('ok', {}, { signal }), rejection(connection.call('error', {}, { signal }))];
    process.says({ id: 1, result: 1 }, { id: 2, error: { code: 1, message: 'x' } });
    settled.push(rejection(connection.call('time', {}, { signal, timeoutMs: 1 })));
    clock.advance(1);
    settled.push(rejection(connection.call('close', {}, { signal })));
    connection.close();
    await Promise.all(settled);
    expect(added).toHaveBeenCalledTimes(4);
    expect(removed).toHaveBeenCalledTimes(4);
    expect(clock.timers.size).toBe(0);
  });
});

describe('requests from the process', () => {
  it('are answered with the first answer of a handler, the newest handler first, and all of them see it', () => {
    const { process, connection } = connect();
    const seen: string[] = [];
    const answering = (name: string, answer?: JsonValue) => (): JsonValue | undefined => {
      seen.push(name);
      return answer;
    };
    connection.on('x', answering('old', { from: 'old' }));
    connection.on('x', answering('middle', { from: 'middle' }));
    const remove = connection.on('x', answering('new'));
    connection.on('y', answering('of another method'));
    connection.onOther(answering('of all others', null));
    process.says({ id: 'q-1', method: 'x', params: {} });
    expect(process.last).toEqual({ jsonrpc: '2.0', id: 'q-1', result: { from: 'middle' } });
    expect(seen).toEqual(['new', 'middle', 'old']);
    remove();
    process.says({ id: 'q-2', method: 'x', params: {} }, { id: 'q-3', method: 'toString', params: {} });
    expect(seen.slice(3)).toEqual(['middle', 'old', 'of all others']);
    expect(process.last).toEqual({ jsonrpc: '2.0', id: 'q-3', result: null });
  });

  it('of a method whose last handler was removed - go to the handlers of all others again', () => {
    const { process, connection } = connect();
    connection.onOther(() => ({ from: 'others' }));
    const remove = connection.on('x', () => null);
    process.says({ id: 1, method: 'x' });
    expect(process.last).toEqual({ jsonrpc: '2.0', id: 1, result: null });
    remove();
    process.says({ id: 2, method: 'x' });
    expect(process.last).toEqual({ jsonrpc: '2.0', id: 2, result: { from: 'others' } });
  });

  it('get the default answer when nobody takes them, error -32601 where none is given', () => {
    const { process, clock } = connect({ defaultAnswer: ({ method }, now) => ({ result: { method, now } }) });
    clock.time = 77;
    process.says({ id: 1, method: 'chat/think', params: null }, { method: 'chat/think' });
    expect(process.sent).toEqual([{ jsonrpc: '2.0', id: 1, result: { method: 'chat/think', now: 77 } }]);
    const plain = connect().process;
    plain.says({ id: 1, method: 'chat/think' }, { id: 2, method: 'fs/read_text_file', params: {} });
    expect(plain.sent).toMatchObject([
      { id: 1, error: { code: -32601 } },
      { id: 2, error: { code: -32601 } },
    ]);
  });

  it('to run a tool may be answered later; other messages are not held up', async () => {
    const error = vi.fn();
    const { process, connection } = connect({ logger: { ...silentLogger, error } });
    const settle: { resolve: (value: object) => void; reject: (error: Error) => void }[] = [];
    connection.on(
      'tool/invoke',
      () => new Promise((resolve, reject) => void settle.push({ resolve: resolve as (value: object) => void, reject })),
    );
    process.says({ id: 7, method: 'tool/invoke' }, { id: 8, method: 'tool/invoke' }, { method: 'tool/invoke' });
    process.says({ id: 9, method: 'chat/answer' });
    expect(process.sent).toMatchObject([{ id: 9, error: { code: -32601 } }]);
    settle[1]?.reject(new Error('secret detail'));
    settle[2]?.reject(new Error('nobody asked'));
    settle[0]?.resolve({ success: true });
    await vi.waitFor(() => expect(process.sent).toHaveLength(3));
    expect(process.sent.slice(1)).toContainEqual({ jsonrpc: '2.0', id: 7, result: { success: true } });
    expect(process.sent.slice(1)).toContainEqual(
      expect.objectContaining({ id: 8, error: { code: -32603, message: 'Internal error' } }),
    );
    expect(error).toHaveBeenCalledTimes(2);
  });

  it('answered after the end of the connection are answered to nobody', async () => {
    const { process, connection } = connect();
    let resolve: (value: object) => void = () => undefined;
    connection.on(
      'tool/invoke',
      () =>
        new Promise((settle) => {
          resolve = settle as (value: object) => void;
        }),
    );
    process.says({ id: 7, method: 'tool/invoke' });
    connection.close();
    resolve({});
    await Promise.resolve();
    expect(process.sent).toEqual([]);
  });

  it('are answered with -32603 when the handler throws and nobody else answers', () => {
    const error = vi.fn();
    const { process, connection } = connect({ logger: { ...silentLogger, error } });
    const remove = connection.on('chat/answer', () => ({ fine: true }));
    connection.on('chat/answer', () => {
      throw new Error('secret detail');
    });
    process.says({ id: 1, method: 'chat/answer' });
    expect(process.last).toEqual({ jsonrpc: '2.0', id: 1, result: { fine: true } });
    remove();
    process.says({ id: 2, method: 'chat/answer' });
    expect(process.last).toEqual({ jsonrpc: '2.0', id: 2, error: { code: -32603, message: 'Internal error' } });
    expect(error).toHaveBeenCalledTimes(2);
    expect(connection.closed).toBe(false);
  });

  it('come synchronously, in order, all of a chunk before the chunk is done with', () => {
    const { process, connection } = connect();
    const seen: JsonValue[] = [];
    connection.onOther(({ params }) => {
      seen.push(params.n ?? null);
      return undefined;
    });
    process.says(
      { method: 'a', params: { n: 1 } },
      { id: 9, method: 'b', params: { n: 2 } },
      { method: 'c', params: { n: 3 } },
    );
    expect(seen).toEqual([1, 2, 3]);
    expect(process.sent).toHaveLength(1);
  });

  it('let handlers add and remove handlers while they run', () => {
    const { process, connection } = connect();
    const seen: string[] = [];
    const remove = connection.onOther(() => {
      seen.push('once');
      remove();
      connection.onOther(() => {
        seen.push('added');
        return undefined;
      });
      return undefined;
    });
    process.says({ method: 'a' }, { method: 'b' });
    expect(seen).toEqual(['once', 'added']);
  });
});

describe('initialize()', () => {
  it.each([
    [{ serverInfo: { name: 'qodercn', version: '1.26.0' } }, { name: 'qodercn', version: '1.26.0' }],
    [{ serverInfo: { name: 'lingma' } }, { name: 'lingma', version: '' }],
    [{ serverInfo: null }, { name: '', version: '' }],
    [{}, { name: '', version: '' }],
    [null, { name: '', version: '' }],
  ])('keeps the server info of %j', async (result, info) => {
    const { process, connection } = connect();
    expect(connection.serverInfo).toEqual({ name: '', version: '' });
    const done = connection.initialize({ processId: 1 });
    expect(process.last).toMatchObject({ method: 'initialize', params: { processId: 1 } });
    process.says({ id: 1, result });
    await done;
    expect(connection.serverInfo).toEqual(info);
  });
});

describe('the end of a connection', () => {
  it('rejects all that is pending with not_ready and tells listeners once', async () => {
    const { process, connection } = connect();
    const listener = vi.fn();
    const removed = vi.fn();
    connection.onClose(listener);
    connection.onClose(removed)();
    const calls = [rejection(connection.call('a', {})), rejection(connection.call('b', {}))];
    const cause = new Error('ECONNRESET');
    process.handlers?.onClose(cause);
    process.handlers?.onClose();
    for (const error of await Promise.all(calls)) expect(error).toMatchObject({ code: 'not_ready', cause });
    expect(listener).toHaveBeenCalledOnce();
    expect(listener).toHaveBeenCalledWith(expect.objectContaining({ code: 'not_ready' }));
    expect(removed).not.toHaveBeenCalled();
    expect(connection.closed).toBe(true);
  });

  it('close() - closes the transport, rejects with the given error, and is idempotent', async () => {
    const { process, connection } = connect();
    const reason = new GatewayError('shutting_down', 'bye');
    const call = rejection(connection.call('a', {}));
    connection.close(reason);
    connection.close();
    expect(await call).toBe(reason);
    expect(process.calls).toEqual(['close']);
    expect(await rejection(connection.call('b', {}))).toBe(reason);
    const late = vi.fn();
    connection.onClose(late);
    expect(late).toHaveBeenCalledWith(reason);
  });

  it('makes notify() and pause() harmless', () => {
    const { process, connection } = connect();
    connection.close();
    connection.notify('chat/stop', {});
    connection.pause();
    connection.resume();
    expect(process.sent).toEqual([]);
    expect(process.calls).toEqual(['close']);
  });

  it('comes from a handler that closes: the rest of the chunk is not looked at', () => {
    const { process, connection } = connect();
    const seen: string[] = [];
    connection.onOther(({ method }) => {
      seen.push(method);
      connection.close();
      return {};
    });
    process.says({ id: 1, method: 'a' }, { id: 2, method: 'b' });
    expect(seen).toEqual(['a']);
    expect(process.sent).toEqual([]);
  });

  it('does not come from a well-framed body that is not JSON: it is dropped, and its text kept from the log', async () => {
    const warn = vi.fn();
    const { process, connection } = connect({ logger: { ...silentLogger, warn } });
    const call = connection.call('a', {});
    process.saysBytes(Buffer.from('Content-Length: 12\r\n\r\n{"token":"pt'));
    process.says({ id: 1, result: 1 });
    expect(await call).toBe(1);
    expect(process.calls).toEqual([]);
    expect(warn.mock.calls).toEqual([[expect.any(String), { why: 'not JSON', characters: 12 }]]);
  });

  it.each([
    ['a frame over the limit', encodeFrame({ text: 'x'.repeat(200) })],
    ['JSON without a header', Buffer.from('{"jsonrpc":"2.0","id":1,"result":1}')],
  ])('comes with upstream_protocol after %s', async (_name, bytes) => {
    const { process, connection } = connect({ maxFrameBytes: 100 });
    const call = rejection(connection.call('a', {}));
    process.saysBytes(bytes);
    expect(await call).toMatchObject({ code: 'upstream_protocol' });
    expect(process.calls).toEqual(['close']);
    process.says({ id: 1, result: 1 });
  });

  it('does not come from messages that mean nothing', async () => {
    const { process, connection } = connect();
    process.saysBytes(Buffer.from('Content-Length: 4\r\n\r\nnullContent-Length: 2\r\n\r\n[]'));
    process.says({ error: { code: 1 } }, { id: 99, result: 1 }, {}, { id: null, result: null });
    const call = connection.call('a', {});
    process.says({ id: 1, result: 1 });
    expect(await call).toBe(1);
  });

  it('comes from a transport that fails to send', async () => {
    const { process, connection } = connect();
    process.send = () => {
      throw new Error('EPIPE');
    };
    expect(await rejection(connection.call('a', {}))).toMatchObject({ code: 'not_ready' });
    expect(connection.closed).toBe(true);
  });
});

it('pause() and resume() - reach the transport', () => {
  const { process, connection } = connect();
  connection.pause();
  connection.resume();
  expect(process.calls).toEqual(['pause', 'resume']);
});
