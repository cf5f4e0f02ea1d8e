/**
 * The gateway in a process that counts what it makes. argv: WebSocket URL of the simulator, dialect, native tools. Answers every message
 * with the counts so far.
 */
import { createHook } from 'node:async_hooks';
import { createRequire, register } from 'node:module';

const memory = new SharedArrayBuffer(8);
register('./count-modules.mjs', import.meta.url, { data: memory });

const counts = { promises: 0, timers: 0, controllers: 0, webObjects: 0 };
const COUNTED = { PROMISE: 'promises', Timeout: 'timers' };
createHook({
  init(_id, type) {
    const name = COUNTED[type];
    if (name !== undefined) counts[name]++;
  },
}).enable();

/** Before anything is loaded that could keep the original. */
function count(className, field) {
  const Original = globalThis[className];
  globalThis[className] = class extends Original {
    constructor(...args) {
      super(...args);
      counts[field]++;
    }
  };
}
count('AbortController', 'controllers');
for (const name of ['Request', 'Response', 'Headers', 'ReadableStream', 'URL']) count(name, 'webObjects');

const { startServer } = await import('lingma-gateway');
const [webSocketUrl, dialect, nativeTools] = process.argv.slice(2);
const server = await startServer({
  flags: { port: '0', 'ws-url': webSocketUrl, dialect, 'native-tools': nativeTools, 'log-level': 'error' },
});
const [imported, hostTools] = new Int32Array(memory);
const modules = imported + Object.keys(createRequire(import.meta.url).cache).length;
process.on('message', () => process.send({ ...counts }));
process.once('disconnect', () => process.exit());
process.send({ url: server.url, modules, hostTools });
