import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/** The sending half of one connection, WebSocket or byte stream alike. */
export interface ByteSink {
  write(message: Buffer): void;
  /** Bytes accepted and not yet handed to the kernel. */
  readonly backlog: number;
  /** Calls back once, when the backlog has shrunk or the connection is gone. */
  onceDrained(listener: () => void): void;
  /** Ends in the regular way. */
  close(): void;
  /** Cuts the connection; what was written before goes out first. */
  cut(): void;
  /** Cuts the connection at once, whatever still waits. */
  destroy(): void;
  /** Resets the connection: the other side is told that something went wrong. */
  reset(): void;
  /** Ends this side alone. */
  endWriting(): void;
  /** Bytes onto the wire itself, past the frames of a WebSocket. */
  writePastFraming(bytes: Buffer): void;
}

/** Messages of a WebSocket. `binary` is needed when a message may hold half a UTF-8 sequence; `wire` is what carries it. */
export function webSocketSink(socket: WebSocket, wire: Socket, options: { readonly binary: boolean }): ByteSink {
  let waiting: (() => void)[] = [];
  const release = (): void => {
    const listeners = waiting;
    waiting = [];
    for (const listener of listeners) listener();
  };
  socket.on('close', release);
  return {
    write(message) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(message, options);
    },
    get backlog() {
      return socket.readyState === socket.OPEN ? socket.bufferedAmount : 0;
    },
    onceDrained(listener) {
      waiting.push(listener);
      // The callback of a ping comes when everything before it has been written: a drain event that ws itself lacks.
      if (waiting.length === 1) socket.ping('', false, () => release());
    },
    close: () => socket.close(1001),
    cut() {
      socket.ping('', false, () => setImmediate(() => socket.terminate()));
    },
    destroy: () => socket.terminate(),
    ...wireOf(wire),
  };
}

/** A Unix socket or named pipe. */
export function streamSink(socket: Socket): ByteSink {
  return {
    write(message) {
      if (socket.writable) socket.write(message);
    },
    get backlog() {
      return socket.writable ? socket.writableLength : 0;
    },
    onceDrained(listener) {
      // The callback of an empty write comes when all before it is written, or failed; `drain` may not come at all.
      if (socket.writable) socket.write('', () => listener());
      else listener();
    },
    close: () => socket.end(),
    cut() {
      if (socket.writable) socket.write('', () => setImmediate(() => socket.destroy()));
      else socket.destroy();
    },
    destroy: () => void socket.destroy(),
    ...wireOf(socket),
  };
}

const wireOf = (wire: Socket): Pick<ByteSink, 'reset' | 'endWriting' | 'writePastFraming'> => ({
  // A Unix socket knows no reset: there it is the end of both sides at once.
  reset: () => void (wire.remoteAddress === undefined ? wire.destroy() : wire.resetAndDestroy()),
  endWriting: () => void wire.end(),
  writePastFraming(bytes) {
    if (wire.writable) wire.write(bytes);
  },
});
