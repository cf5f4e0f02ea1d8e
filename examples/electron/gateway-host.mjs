/** The gateway of the app, whichever process it runs in. */
import { join } from 'node:path';
import { composeGateway } from '@lingma-gateway/core';
import { loadConfig } from '@lingma-gateway/core/config';
import { servePort } from './serve-port.mjs';

/** `settings`: as in a configuration file; those that the app decides itself come last. */
export function createGatewayHost({ dataDir, settings }) {
  const lingma = { ...settings.lingma, dataDir: join(dataDir, 'lingma') };
  const { config } = loadConfig({ file: { name: 'the app', text: JSON.stringify({ ...settings, lingma }) } });
  const gateway = composeGateway(config);
  const ports = new Set();
  return {
    config,
    connect(port) {
      const served = servePort(port, gateway.fetch, () => ports.delete(served));
      ports.add(served);
    },
    /** Takes nothing new; answers that run have `graceMs` to end, and to arrive: a process that ends loses what is under way. */
    async close(graceMs) {
      const late = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await gateway.close({ graceMs });
      await Promise.race([late, Promise.all([...ports].map((served) => served.idle()))]);
      for (const served of ports) served.close();
    },
  };
}
