/** What is known of the Lingma behind the gateway, as `serve` and `doctor` tell it. */
import { type ComposedGateway, GatewayError, type LingmaDetails } from '@lingma-gateway/core';
import type { Messages } from '../text/messages.js';

export type LingmaFinding =
  | { readonly found: true; readonly status: LingmaDetails }
  /** `absent`: nobody is there. Otherwise something is, but it does not do its part. */
  | { readonly found: false; readonly absent: boolean; readonly error: Error };

/** Connects and looks. Never rejects; bounded by the deadlines of the settings. */
export async function findLingma(gateway: Pick<ComposedGateway, 'connect'>): Promise<LingmaFinding> {
  try {
    return { found: true, status: await gateway.connect() };
  } catch (error) {
    return {
      found: false,
      absent: GatewayError.isInstance(error) && error.code === 'not_ready',
      error: error instanceof Error ? error : new Error(String(error)),
    };
  }
}

/** `ws://127.0.0.1:36510/ (lingma 2.11.1, lsp-chat, logged in)` */
export function describeLingma({ address, server, dialect, loggedIn }: LingmaDetails, text: Messages): string {
  const { lingma } = text;
  const facts = [
    server ?? '',
    dialect ?? '',
    loggedIn === undefined ? lingma.loginUnknown : loggedIn ? lingma.loggedIn : lingma.notLoggedIn,
  ];
  return `${address ?? lingma.unknownAddress} (${facts.filter((fact) => fact !== '').join(', ')})`;
}

/** In the reader's language, as far as the error's code tells what it is. */
export function describeError(error: unknown, text: Messages): string {
  const message = error instanceof Error ? error.message : String(error);
  return GatewayError.isInstance(error) ? text.errors.describe(error.code, message) : message;
}
