/** The HTTP client for pictures, which takes some 50 ms to load: many gateways never need it. */
import { loadModule } from '../../chat/index.js';

/** @throws GatewayError `not_ready` */
export const loadUndici = loadModule(() => import('undici'));
