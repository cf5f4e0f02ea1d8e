/** temporary */
import { GatewayError } from '../chat/index.js';
import type { ClientSettings, Connector } from './client-options.js';

export interface ConnectorOptions {
  readonly address?: string;
}

export function createConnector(_options: ConnectorOptions, _settings: ClientSettings): Connector {
  return () => Promise.reject(new GatewayError('not_ready', 'none'));
}
