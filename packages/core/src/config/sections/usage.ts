/** What is kept of requests beyond their end. */
import { z } from 'zod';
import { setting } from '../setting.js';

export const usageSection = {
  enabled: setting(z.boolean().optional(), {
    env: ['LINGMA_GATEWAY_USAGE_ENABLED'],
    flag: 'usage',
    doc: 'Whether a row of each request to a model is kept in `lingma.dataDir` (who, what, how many tokens; no content, no address), and keys can be made at run time.',
    defaultDoc: 'where `lingma.dataDir` is set, or keys have been made there',
  }),
  keepDays: setting(z.int().min(1).max(3650).default(90), {
    env: ['LINGMA_GATEWAY_USAGE_KEEP_DAYS'],
    flag: 'usage-keep-days',
    doc: 'Days that rows of usage are kept.',
  }),
};
