/**
 * The gateway in a process that can say what V8 holds for old. argv: WebSocket URL of the simulator. Wants `--expose-gc`. Answers `collect`
 * when all that is dead is gone, and every other message with the bytes of the old space.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { startServer } from 'lingma-gateway';

// As `serve` does.
setFlagsFromString('--no-allocation-site-pretenuring');
const server = await startServer({ flags: { port: '0', 'ws-url': process.argv[2], 'log-level': 'error' } });
process.on('message', (message) => {
  if (message === 'collect') globalThis.gc();
  const old = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space');
  process.send(old.space_used_size);
});
process.once('disconnect', () => process.exit());
process.send({ url: server.url });
