/** Whether a login that was just put into place works. */
import { GatewayError } from '../../chat/index.js';
import type { LingmaClient } from '../../lingma/index.js';
import { type Clock, sleep } from '../../util/index.js';

/** Right after its start a process may still be refreshing what it was given. */
const LOOKS = 10;
const LOOK_MS = 1000;

/** @throws GatewayError `not_logged_in` */
export async function whenSignedIn(
  client: Pick<LingmaClient, 'checkLogin'>,
  signal: AbortSignal,
  clock: Clock,
): Promise<void> {
  for (let look = 1; look <= LOOKS; look++) {
    if ((await client.checkLogin({ signal })) === true) return;
    if (look < LOOKS) await sleep(LOOK_MS, signal, clock);
  }
  throw new GatewayError('not_logged_in', 'Lingma does not take this login: the one before is put back');
}
