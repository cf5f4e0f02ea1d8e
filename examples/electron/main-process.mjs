/** The gateway in the app's main process. */
import { createGatewayHost } from './gateway-host.mjs';

export const runInMainProcess = (options) => createGatewayHost(options);
