/** What an instance may be signed in with, and in which order that is tried. */
import type { LoginRequest, LoginWay, Secret } from '@lingma-gateway/core';

/** What an instance can be signed in with. */
export interface LoginAccount {
  readonly username?: Secret;
  readonly password?: Secret;
  readonly personalToken?: Secret;
  readonly userId?: Secret;
  readonly accessKey?: Secret;
  readonly secretKey?: Secret;
  readonly orgId?: Secret;
  /** Of an enterprise: its own service. */
  readonly dedicatedDomainUrl?: string;
}

export type TriedWay = Exclude<LoginWay, 'auto'>;

/** Those that need nobody, in their order. A session bundle comes before all of them: it is put into place before the start. */
export function waysWithoutPerson(account: LoginAccount | undefined): readonly TriedWay[] {
  return (['token', 'browser'] as const).filter((way) => canTry(way, account, false));
}

/** What is tried for a request; empty: nothing of it can be. */
export function waysOf(request: LoginRequest | undefined, account: LoginAccount | undefined): readonly TriedWay[] {
  const { way = 'auto', headed = false } = request ?? {};
  if (way === 'auto') {
    const ways = waysWithoutPerson(account);
    return ways.length === 0 && headed ? ['browser'] : ways;
  }
  return canTry(way, account, headed) ? [way] : [];
}

function canTry(way: TriedWay, account: LoginAccount | undefined, headed: boolean): boolean {
  switch (way) {
    case 'paste':
      return true;
    case 'browser':
      // In a window a person may type.
      return headed || (account?.username !== undefined && account.password !== undefined);
    case 'token':
      return (
        (account?.personalToken !== undefined && account.userId !== undefined) ||
        (account?.accessKey !== undefined && account.secretKey !== undefined)
      );
  }
}
