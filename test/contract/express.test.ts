import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lingmaGateway } from '@lingma-gateway/express';
import type express from 'express';
import { EXPRESS } from '../support/express-versions.js';
import { describeGatewayContract, type Mount } from './gateway-contract.js';
import { describeLimitsContract } from './gateway-limits-contract.js';
import { describeRoutesContract } from './gateway-routes-contract.js';

const mountOn =
  (make: typeof express): Mount =>
  async (gateway) => {
    const app = make();
    app.use('/api/lingma', lingmaGateway(gateway));
    const server: Server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      request: (path, init) => fetch(`http://127.0.0.1:${port}/api/lingma${path}`, init),
      async close() {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      },
    };
  };

const host = { ownsOtherRoutes: true };
for (const [title, make] of EXPRESS) {
  describeGatewayContract(title, mountOn(make), host);
  describeRoutesContract(title, mountOn(make), host);
  describeLimitsContract(title, mountOn(make), host);
}
