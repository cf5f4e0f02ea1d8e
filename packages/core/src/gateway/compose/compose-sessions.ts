/** Logins carried from machine to machine, for operators. */
import { lateModule } from '../../chat/index.js';
import type { LingmaPool } from '../../pool/index.js';
import type { Logger } from '../../util/index.js';
import type { SessionAdmin } from '../gateway-admin.js';

const bundles = lateModule(() => import('./session-bundles.js'));

export function composeSessions(pool: LingmaPool, logger: Logger): SessionAdmin {
  const admin = async (): Promise<SessionAdmin> =>
    (bundles.loaded ?? (await bundles.load())).createSessionAdmin(pool, logger);
  return {
    export: async (...given) => (await admin()).export(...given),
    import: async (...given) => (await admin()).import(...given),
  };
}
