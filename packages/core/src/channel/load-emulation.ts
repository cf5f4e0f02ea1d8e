/** Tools and formats, as they are loaded with the first request that has any. */
import { lateModule } from '../chat/index.js';

export const emulation = lateModule(() => import('./emulate.js'));

/** Before the first such request comes. @throws GatewayError `not_ready` */
export const loadToolEmulation = (): Promise<unknown> => emulation.load();
