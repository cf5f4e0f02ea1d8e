/** Logins out of and into the pool's instances, as text. Loaded with the first of them (`compose-sessions.ts`). */
import { createHash } from 'node:crypto';
import { BundleError, bundleToText, decodeBundleText, packBundle, unpackBundle } from '../../bundle/index.js';
import { GatewayError } from '../../chat/index.js';
import type { LingmaPool } from '../../pool/index.js';
import type { Logger } from '../../util/index.js';
import type { SessionAdmin } from '../gateway-admin.js';

export function createSessionAdmin(pool: LingmaPool, logger: Logger): SessionAdmin {
  return {
    async export(name, principal, signal) {
      const files = await pool.exportSession(name, { signal });
      const packed = await packBundle(files);
      const sha256 = createHash('sha256').update(packed).digest('hex');
      logger.info('A login was exported', { instance: name, principal, sha256: sha256.slice(0, 12) });
      return { instance: name, text: bundleToText(packed), bytes: packed.byteLength, files: [...files.keys()], sha256 };
    },
    async import(name, text, principal, signal) {
      try {
        const packed = decodeBundleText(text);
        const files = await unpackBundle(packed);
        const sha256 = createHash('sha256').update(packed).digest('hex');
        await pool.importSession(name, files, { signal });
        logger.info('A login was imported', { instance: name, principal, sha256: sha256.slice(0, 12) });
        return { instance: name, files: [...files.keys()], sha256 };
      } catch (error) {
        if (!(error instanceof BundleError)) throw error;
        throw new GatewayError('bad_session_bundle', error.message, { details: { rule: error.rule } });
      }
    },
  };
}
