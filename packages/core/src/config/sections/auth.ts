/** Who may use the gateway. */
import { z } from 'zod';
import { secretText, setting } from '../setting.js';

export const authSection = {
  clientKeys: setting(z.array(secretText()).readonly().default([]), {
    env: ['LINGMA_GATEWAY_API_KEYS', 'API_KEYS'],
    flag: { name: 'api-keys', valueHint: 'key,key' },
    secret: true,
    doc: 'Keys that clients send as `Authorization: Bearer …`, `x-api-key` or `api-key`. Without any, every request is let in.',
    hint: 'a list of keys, separated by commas',
  }),
};
