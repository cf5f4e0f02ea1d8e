/** A thread in the place of a utility process: its script finds `process.parentPort`, and ends the thread by `process.exit`. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { parentPort } from 'node:worker_threads';

const asMainPort = (raw) => {
  const port = new EventEmitter();
  raw.on('message', (data) => port.emit('message', { data, ports: [] }));
  raw.on('close', () => port.emit('close'));
  return Object.assign(port, {
    start: () => raw.start(),
    postMessage: (data) => raw.postMessage(data),
    close: () => raw.close(),
  });
};

process.parentPort = new EventEmitter();
const [script] = process.argv.slice(2);
await import(pathToFileURL(script).href);
// What came before the script listened is still there.
parentPort.on('message', ({ data, ports }) =>
  process.parentPort.emit('message', { data, ports: ports.map(asMainPort) }),
);
