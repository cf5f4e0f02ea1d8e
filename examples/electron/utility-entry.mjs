/** The utility process: serves the ports that the main process sends, and ends when it is told to. */
import { createGatewayHost } from './gateway-host.mjs';

const host = createGatewayHost(JSON.parse(process.argv.at(-1)));
process.parentPort.on('message', async ({ data, ports }) => {
  if (data.type === 'connect') host.connect(ports[0]);
  if (data.type === 'close') {
    await host.close(data.graceMs);
    process.exit(0);
  }
});
