/** Which addresses lie on the public internet. Its table of ranges is needed with the first of them. */
import { loadModule } from '../../chat/index.js';

/** @throws GatewayError `not_ready` */
export const loadAddressGuard = loadModule(() => import('./address-guard.js'));
