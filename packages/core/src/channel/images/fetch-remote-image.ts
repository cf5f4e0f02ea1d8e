/**
 * Fetches a caller's picture URL without becoming the caller's hands inside this network: every name is resolved once,
 * every address checked, the connection pinned to what was checked, and each redirect goes through the same door.
 */
import { isIP } from 'node:net';
import type { Agent } from 'undici';
import { GatewayError } from '../../chat/index.js';
import { abortable } from '../../util/index.js';
import { loadAddressGuard } from './load-address-guard.js';
import { loadUndici } from './load-undici.js';
import { resolveAddresses } from './resolve-addresses.js';

/** How a picture's URL is fetched. */
export interface RemoteImageOptions {
  /** Bytes. */
  readonly maxBytes: number;
  /** For the whole of it, names and redirects included. Milliseconds. */
  readonly timeoutMs: number;
  /** Default 3. */
  readonly maxRedirects?: number;
  readonly signal?: AbortSignal;
  /** Default: {@link resolveAddresses}. */
  readonly resolve?: (hostname: string, signal: AbortSignal) => Promise<readonly string[]>;
  /** Default: those on the public internet. */
  readonly isAllowed?: (address: string) => boolean;
}

const refused = (message: string, cause?: unknown): GatewayError =>
  new GatewayError('invalid_request', `Image URL: ${message}`, { cause });

/** @throws GatewayError `invalid_request` with a reason the caller can act on, or the signal's reason */
export async function fetchRemoteImage(address: string, options: RemoteImageOptions): Promise<Uint8Array> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
  let url = parse(address);
  try {
    for (let redirects = 0; ; redirects++) {
      const { fetch } = await loadUndici();
      const agent = await pinnedAgent(url, options, signal);
      try {
        const response = await fetch(url, {
          dispatcher: agent,
          redirect: 'manual',
          signal,
          headers: { accept: 'image/*', 'user-agent': 'lingma-gateway' },
        });
        const location = response.headers.get('location');
        if (response.status >= 300 && response.status < 400 && location !== null) {
          if (redirects >= (options.maxRedirects ?? 3)) throw refused('too many redirects');
          await response.body?.cancel();
          url = parse(new URL(location, url).href);
          continue;
        }
        if (!response.ok) throw refused(`the server answered ${response.status}`);
        return await readLimited(response.body, Number(response.headers.get('content-length')), options.maxBytes);
      } finally {
        // Not awaited: a server that keeps its socket open must not keep the request waiting.
        void agent.destroy().catch(() => undefined);
      }
    }
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    if (GatewayError.isInstance(error)) throw error;
    throw refused(timeout.aborted ? `no answer within ${options.timeoutMs} ms` : 'could not be fetched', error);
  }
}

function parse(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw refused('not a URL');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused(`${url.protocol} is not allowed`);
  if (url.username !== '' || url.password !== '') throw refused('user names and passwords are not allowed');
  return url;
}

async function pinnedAgent(url: URL, options: RemoteImageOptions, signal: AbortSignal): Promise<Agent> {
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  if (/(?:^|\.)localhost\.?$/i.test(hostname)) throw refused('the address is not on the public internet');
  const resolve = options.resolve ?? resolveAddresses;
  // A resolver that does not end with its signal holds up nobody but itself.
  const addresses = isIP(hostname) === 0 ? await abortable(resolve(hostname, signal), signal) : [hostname];
  const isAllowed = options.isAllowed ?? (await loadAddressGuard()).isPublicAddress;
  // One bad address among good ones is how rebinding hides: all must pass.
  if (addresses.length === 0 || !addresses.every(isAllowed)) throw refused('the address is not on the public internet');
  const { Agent } = await loadUndici();
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  return new Agent({
    connect: {
      lookup(_hostname, lookupOptions, callback) {
        if (lookupOptions.all === true) callback(null, pinned);
        else callback(null, pinned[0]?.address ?? '', pinned[0]?.family ?? 4);
      },
    },
  });
}

async function readLimited(
  body: AsyncIterable<Uint8Array> | null,
  declared: number,
  maxBytes: number,
): Promise<Uint8Array> {
  const tooLarge = (): GatewayError => refused(`larger than ${maxBytes} bytes`);
  if (declared > maxBytes) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
