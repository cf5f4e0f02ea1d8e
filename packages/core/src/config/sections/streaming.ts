/** How streamed answers are kept alive. */
import { DEFAULT_LIMITS } from '../../util/index.js';
import { milliseconds, setting } from '../setting.js';

export const streamingSection = {
  keepAliveMs: setting(milliseconds(DEFAULT_LIMITS.keepAliveMs), {
    env: ['LINGMA_GATEWAY_KEEP_ALIVE_MS'],
    flag: 'keep-alive-ms',
    unit: 'ms',
    doc: 'After how much silence a stream gets a keep-alive.',
  }),
  commitAfterMs: setting(milliseconds(DEFAULT_LIMITS.commitAfterMs, 0), {
    env: ['LINGMA_GATEWAY_COMMIT_AFTER_MS'],
    flag: 'commit-after-ms',
    unit: 'ms',
    doc: 'How long a stream waits for the first event before it answers 200. Earlier failures have a status of their own.',
  }),
};
