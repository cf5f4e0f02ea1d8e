/** What happens to pictures in requests. */
import * as z from 'zod';
import { DEFAULT_LIMITS } from '../../util/index.js';
import { choice, milliseconds, setting } from '../setting.js';

export const imagesSection = {
  remoteFetch: setting(z.boolean().default(true), {
    env: ['LINGMA_GATEWAY_IMAGE_REMOTE_FETCH'],
    flag: 'image-remote-fetch',
    doc: 'Whether pictures given as http(s) addresses are fetched. Private and local addresses are refused in any case.',
  }),
  localFiles: setting(z.boolean().default(false), {
    env: ['LINGMA_GATEWAY_IMAGE_LOCAL_FILES'],
    flag: 'image-local-files',
    doc: "Whether pictures given as paths or `file:` addresses are read from this machine's disk.",
  }),
  onUnsupported: setting(choice(['placeholder', 'error']).default('placeholder'), {
    env: ['LINGMA_GATEWAY_IMAGE_ON_UNSUPPORTED'],
    flag: 'image-on-unsupported',
    doc: 'When the model cannot see pictures or one cannot be had: put `[image]` in its place and warn, or answer 400.',
  }),
  maxBytes: setting(z.int().min(1024).default(DEFAULT_LIMITS.imageMaxBytes), {
    env: ['LINGMA_GATEWAY_IMAGE_MAX_BYTES'],
    flag: 'image-max-bytes',
    doc: 'Largest picture, in bytes.',
  }),
  fetchTimeoutMs: setting(milliseconds(DEFAULT_LIMITS.imageFetchTimeoutMs), {
    env: ['LINGMA_GATEWAY_IMAGE_FETCH_TIMEOUT_MS'],
    flag: 'image-fetch-timeout-ms',
    unit: 'ms',
    doc: 'How long fetching one picture may take.',
  }),
};
