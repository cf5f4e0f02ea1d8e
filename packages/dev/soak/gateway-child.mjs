/**
 * The gateway that is soaked, configured by its environment as in production: with `LINGMA_BIN` it starts its Lingmas itself.
 * Tells what it holds, after a collection, whenever it is asked.
 */
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { toNodeHandler } from '@lingma-gateway/node';

let unhandled = 0;
process.on('unhandledRejection', (reason) => {
  unhandled++;
  console.error('unhandled rejection:', reason);
});
process.on('warning', (warning) => console.error(`${warning.name}: ${warning.message}`));

const { config, origins } = loadConfig({ env: process.env });
const gateway = composeGateway(config, { env: process.env, origins });
const server = createServer(toNodeHandler(gateway.fetch));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Linux alone tells. */
const descriptors = () => {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
};

const say = {
  state() {
    for (let round = 0; round < 3; round++) globalThis.gc();
    const { heapUsed, rss } = process.memoryUsage();
    const { inFlight, waiting, requests } = gateway.status();
    const { instances } = gateway.pool.status();
    const resources = process.getActiveResourcesInfo();
    return {
      ...{ heapUsed, rss, unhandled, descriptors: descriptors() },
      handles: resources.length,
      // Clients' and those to Lingma; pipes of standard streams are among them.
      sockets: resources.filter((name) => /^(TCPSocket|Pipe)Wrap$/.test(name)).length,
      slots: inFlight + waiting,
      requests,
      restarts: instances.reduce((sum, { restarts }) => sum + restarts, 0),
      ready: instances.filter(({ ready }) => ready).length,
    };
  },
  async stop() {
    await gateway.close({ graceMs: 5000 });
    server.closeAllConnections();
    server.close();
    setImmediate(() => process.disconnect());
    return 'stopped';
  },
};
process.on('message', async ({ ask }) => process.send({ answer: await say[ask]() }));
process.once('disconnect', () => {
  // Where the soak itself is gone, nobody else ends the processes.
  gateway.kill();
  process.exit();
});
gateway.connect().then(
  () => process.send({ ready: `http://127.0.0.1:${server.address().port}` }),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
