import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { LoginOrganisation } from '../login-site/users.js';
import type { Switches } from '../process/switch-table.js';

/** A login that somebody has begun: `auth/login` gave an address, and no callback has come. Protocol section 5.3. */
export interface PendingLogin {
  readonly nonce: string;
  readonly verifier: string;
  readonly challenge: string;
  readonly endsAt: number;
  /** Accepted, and waiting for the choice of one of these. */
  organisations?: readonly LoginOrganisation[];
}

/** More are not begun at a time by anybody; the oldest gives way. */
const MAX_PENDING = 100;

export class PendingLogins {
  readonly #pending = new Map<string, PendingLogin>();

  begin(lifeMs: number): PendingLogin {
    const verifier = randomBytes(32).toString('base64url');
    const login: PendingLogin = {
      nonce: randomBytes(16).toString('hex'),
      verifier,
      challenge: createHash('sha256').update(verifier).digest('base64url'),
      endsAt: Date.now() + lifeMs,
    };
    this.#pending.set(login.nonce, login);
    const [oldest] = this.#pending.keys();
    if (this.#pending.size > MAX_PENDING && oldest !== undefined) this.#pending.delete(oldest);
    return login;
  }

  /** Undefined: consumed, too old, or never there. */
  find(nonce: string): PendingLogin | undefined {
    const found = this.#pending.get(nonce);
    return found !== undefined && found.endsAt > Date.now() ? found : undefined;
  }

  /** A nonce can be used once. */
  consume(nonce: string): void {
    this.#pending.delete(nonce);
  }
}

/** The address to sign in at, as the switches want it. */
export function loginUrl({ nonce, challenge }: PendingLogin, httpPort: number, switches: Switches): string {
  const { loginPage, loginUrlForm } = switches;
  const page = { foreign: 'https://login.evil-aliyun.com/lingma/login', http: loginPage.replace(/^https:/, 'http:') };
  const base = loginUrlForm === 'foreign' || loginUrlForm === 'http' ? page[loginUrlForm] : loginPage;
  const port = loginUrlForm === 'other-port' ? httpPort + 1 : httpPort;
  const query = new URLSearchParams({
    nonce,
    ...(loginUrlForm !== 'no-port' && { port: String(port) }),
    ...{ state: nonce, challenge, challenge_method: 'S256', machine_id: randomUUID() },
  });
  const url = `${base}?${query}`;
  if (loginUrlForm !== 'wrapped') return url;
  // A sign-in site on this machine has its own page to sign out at.
  const site = loginPage.startsWith('http:') ? new URL(loginPage).origin : 'https://account.alibabacloud.com';
  return `${site}/logout/logout.htm?${new URLSearchParams({ oauth_callback: url })}`;
}
