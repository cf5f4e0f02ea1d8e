/**
 * The gateway of `gateway-child.mjs`, mounted in an app in place of the program's own server. argv: WebSocket URL of the simulator,
 * dialect, framework, further flags.
 */
import './as-serve.mjs';
import { composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import * as expressMount from '@lingma-gateway/express';
import * as fastifyMount from '@lingma-gateway/fastify';
import express from 'express';
import { fastify } from 'fastify';
import { answerUsage } from './usage.mjs';

const [url, dialect, framework, ...more] = process.argv.slice(2);
const { config } = loadConfig({
  flags: {
    'ws-url': url,
    dialect,
    'max-in-flight': '2000',
    'log-level': 'error',
    ...Object.fromEntries(more.map((flag) => flag.split('='))),
  },
});
const gateway = composeGateway(config, {});

const listen = {
  async express() {
    const app = express();
    app.use(express.json({ limit: '32mb' }));
    app.use('/', expressMount.lingmaGateway(gateway));
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${server.address().port}`;
  },
  async fastify() {
    const app = fastify();
    app.register(fastifyMount.lingmaGateway, { gateway });
    return app.listen({ port: 0, host: '127.0.0.1' });
  },
};
const base = await listen[framework]();
answerUsage();
process.send({ ready: base });
