/** The gateway as `lingma-gateway serve` composes it. argv: WebSocket URL of the simulator, dialect, further flags. */
import './as-serve.mjs';
import { startServer } from 'lingma-gateway';
import { answerUsage } from './usage.mjs';

const [url, dialect, ...more] = process.argv.slice(2);
const server = await startServer({
  flags: {
    port: '0',
    'ws-url': url,
    dialect,
    'max-in-flight': '2000',
    'max-connections': '2000',
    'log-level': 'error',
    ...Object.fromEntries(more.map((flag) => flag.split('='))),
  },
});
answerUsage();
process.send({ ready: server.url });
