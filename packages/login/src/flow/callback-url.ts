/** The address that the operator's browser has ended at. Pure. */
import { GatewayError } from '@lingma-gateway/core';

const PATHS = ['/auth/callback', '/auth/loginWithOrganization'];
const MAX_CHARS = 16 * 1024;

/**
 * What is to be asked of the process: path and query, whatever name of this machine the address had.
 *
 * @throws GatewayError `bad_callback_url`; it says what is wrong and nothing of the address
 */
export function checkCallbackUrl(text: string, httpPort: number): string {
  const trimmed = text.trim();
  if (trimmed.length > MAX_CHARS) throw bad('it is longer than 16 KiB');
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    throw bad('it is no address; copy all of it, from http:// on');
  }
  if (url.protocol !== 'http:') throw bad('it does not begin with http://');
  if (url.hostname !== '127.0.0.1' && url.hostname !== 'localhost') throw bad('it does not lead to 127.0.0.1');
  if (url.username !== '' || url.password !== '') throw bad('it has a user name or a password in it');
  // Without a port it would be the one of http itself.
  if ((url.port === '' ? 80 : Number(url.port)) !== httpPort) throw bad('its port is not that of this Lingma');
  if (!PATHS.includes(url.pathname)) throw bad('it is not the address that signing in ends at');
  if ((url.searchParams.get('state') ?? '') === '') throw bad('it has no "state"');
  return `${url.pathname}${url.search}`;
}

const bad = (why: string): GatewayError =>
  new GatewayError('bad_callback_url', `This is not the address that was asked for: ${why}`, { param: 'callback_url' });
