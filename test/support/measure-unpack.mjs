/**
 * Unpacks an archive as a bootstrap does and prints by how many bytes this process grew: `node measure-unpack.mjs FILE DATA_DIR`.
 * A process of its own, since a test runner's memory is anybody's.
 */
import { Bootstrap } from '@lingma-gateway/bootstrap';
import { silentLogger, systemClock } from '@lingma-gateway/core';

const [file, dataDir] = process.argv.slice(2);
const bootstrap = new Bootstrap({
  ...{ dataDir, source: 'file', file, marketplace: { url: 'https://127.0.0.1', publisher: 'a', extension: 'b' } },
  ...{ vsixUrl: 'https://127.0.0.1', allowHosts: [], always: false, force: false, discover: false, keep: 1 },
  ...{ env: process.env, homedir: dataDir, isPublicAddress: () => false, clock: systemClock, logger: silentLogger },
});
globalThis.gc?.();
const idle = process.memoryUsage().rss;
let most = idle;
const timer = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss);
}, 10);
const { version } = await bootstrap.ensure(new AbortController().signal);
clearInterval(timer);
process.stdout.write(JSON.stringify({ version, grownBy: Math.max(most, process.memoryUsage().rss) - idle }));
