import type { AddressInfo } from 'node:net';
import { lingmaGateway } from '@lingma-gateway/fastify';
import { fastify } from 'fastify';
import { describeGatewayContract, type Mount } from './gateway-contract.js';
import { describeLimitsContract } from './gateway-limits-contract.js';
import { describeRoutesContract } from './gateway-routes-contract.js';

const mount: Mount = async (gateway) => {
  const app = fastify({ forceCloseConnections: true });
  app.register(lingmaGateway, { prefix: '/api/lingma', gateway, graceMs: 0 });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  return {
    request: (path, init) => fetch(`http://127.0.0.1:${port}/api/lingma${path}`, init),
    close: () => app.close(),
  };
};
const host = {
  ownsOtherRoutes: true,
  jsonType: 'application/json; charset=utf-8',
  requestId: /^req-\d+$/,
  brokenPathStatus: 400,
};
describeGatewayContract('Fastify 5', mount, host);
describeRoutesContract('Fastify 5', mount, host);
describeLimitsContract('Fastify 5', mount, host);
