/**
 * Stand-ins for the modules of Electron that the app uses, over Node's own ports and threads, with the same shapes: ports have
 * `on` and hand over events, `utilityProcess` gives its script a `process.parentPort`, quitting asks `before-quit` first.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';

/** As `MessagePortMain`. */
class MainPort extends EventEmitter {
  constructor(raw) {
    super();
    this.raw = raw;
    raw.on('message', (data) => this.emit('message', { data, ports: [] }));
    raw.on('close', () => this.emit('close'));
    raw.unref();
  }
  start() {
    this.raw.start();
  }
  postMessage(data) {
    this.raw.postMessage(data);
  }
  close() {
    this.raw.close();
  }
}

class MessageChannelMain {
  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = lazyPort(port1);
    this.port2 = lazyPort(port2);
  }
}

/** Nobody listens to a port before it is known which side it goes to: one that goes to a thread cannot be used here. */
function lazyPort(raw) {
  let made;
  const port = () => {
    made ??= new MainPort(raw);
    return made;
  };
  return {
    raw,
    on: (...args) => port().on(...args),
    start: () => port().start(),
    postMessage: (data) => port().postMessage(data),
    close: () => port().close(),
  };
}

export function createStandIns({ userData, isFirst = true }) {
  const app = Object.assign(new EventEmitter(), {
    requestSingleInstanceLock: () => isFirst,
    whenReady: () => Promise.resolve(),
    getPath: (name) => (name === 'userData' ? userData : undefined),
    quit() {
      let prevented = false;
      app.emit('before-quit', { preventDefault: () => (prevented = true) });
      if (!prevented) app.emit('quit');
    },
  });
  const ipcMain = new EventEmitter();
  const utilityProcess = {
    fork(script, args) {
      const worker = new Worker(new URL('stand-in-utility.mjs', import.meta.url), { argv: [script, ...args] });
      return Object.assign(new EventEmitter(), {
        postMessage: (data, ports = []) =>
          worker.postMessage(
            { data, ports: ports.map(({ raw }) => raw) },
            ports.map(({ raw }) => raw),
          ),
        kill: () => void worker.terminate(),
        once(name, listener) {
          worker.once(name, listener);
          return this;
        },
      });
    },
  };
  /** A window whose page connects, as `preload.cjs` does, and gets its port. */
  const createWindow = () => {
    const window = {
      focused: 0,
      isMinimized: () => false,
      focus: () => (window.focused += 1),
      connect: () =>
        new Promise((resolve) => {
          const sender = { postMessage: (_channel, _message, [port]) => resolve(port.raw) };
          ipcMain.emit('lingma-connect', { sender });
        }),
    };
    return window;
  };
  return { electron: { app, ipcMain, MessageChannelMain, utilityProcess }, createWindow };
}
