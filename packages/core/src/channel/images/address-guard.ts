/**
 * Which network addresses a remote picture may come from. A caller's URL must not make the gateway read what only this
 * machine can reach: loopback, private nets, link-local (cloud metadata), carrier NAT, multicast, documentation ranges.
 */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The one range of IPv6 that is handed out to the public; of it, tunnels, tests and documentation are taken out again. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** True for addresses on the public internet. Names, zone ids and IPv4 inside IPv6 are never public. */
export function isPublicAddress(address: string): boolean {
  // The library reads more spellings (`127.1`, `0x7f.1`) than what a connection is opened to.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GLOBAL_IPV6);
}
