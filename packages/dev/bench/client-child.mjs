/**
 * The same gateway over one `LingmaClient`: without a pool, and without conversations that go on. argv: WebSocket URL of
 * the simulator, dialect.
 */
import './as-serve.mjs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createGateway, createLingmaChannel, LingmaClient } from '@lingma-gateway/core';
import { toNodeHandler } from '@lingma-gateway/node';
import { createLogger } from 'lingma-gateway';
import { answerUsage } from './usage.mjs';

const [address, dialect] = process.argv.slice(2);
const logger = createLogger('error');
const limits = { maxInFlight: 2000, maxQueued: 1000, queueTimeoutMs: 30_000, requestTimeoutMs: 1_890_000 };
const client = new LingmaClient({ address, dialect, maxConnections: 2000, logger });
const gateway = createGateway({
  ...limits,
  channel: createLingmaChannel({ client }),
  streaming: { keepAliveMs: 15_000, commitAfterMs: 3000 },
  allowedHosts: [],
  logger,
});
const server = createServer(toNodeHandler(gateway.fetch));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
answerUsage();
process.send({ ready: `http://127.0.0.1:${server.address().port}` });
