/** What is known of the Lingma behind the gateway, as `serve` and `doctor` tell it. */
import { GatewayError, type LingmaClient, type LingmaClientStatus } from '@lingma-gateway/core';

export type LingmaFinding =
  | { readonly found: true; readonly status: LingmaClientStatus }
  /** `absent`: nobody is there. Otherwise something is, but it does not do its part. */
  | { readonly found: false; readonly absent: boolean; readonly reason: string };

/** Connects and looks. Never rejects; bounded by the client's own deadlines. */
export async function findLingma(client: LingmaClient): Promise<LingmaFinding> {
  try {
    await client.connect();
    return { found: true, status: client.status() };
  } catch (error) {
    return {
      found: false,
      absent: GatewayError.isInstance(error) && error.code === 'not_ready',
      reason: messageOf(error),
    };
  }
}

/** `ws://127.0.0.1:36510/ (lingma 2.11.1, lsp-chat, logged in)` */
export function describeLingma({ address, server, dialect, loggedIn }: LingmaClientStatus): string {
  const facts = [
    `${server?.name ?? ''} ${server?.version ?? ''}`.trim(),
    dialect ?? '',
    loggedIn === undefined ? 'login unknown' : loggedIn ? 'logged in' : 'NOT LOGGED IN',
  ];
  return `${address ?? 'unknown address'} (${facts.filter((fact) => fact !== '').join(', ')})`;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
