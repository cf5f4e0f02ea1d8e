/** The gateway as `lingma-gateway serve` composes it. argv: WebSocket URL of the simulator, dialect. */
import { startServer } from 'lingma-gateway';
import { answerUsage } from './usage.mjs';

const server = await startServer({
  flags: {
    port: '0',
    'ws-url': process.argv[2],
    dialect: process.argv[3],
    'max-in-flight': '2000',
    'max-connections': '2000',
    'log-level': 'error',
  },
});
answerUsage();
process.send({ ready: server.url });
