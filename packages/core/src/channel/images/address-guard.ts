/**
 * Which network addresses a remote picture may come from. A caller's URL must not make the gateway read what only this
 * machine can reach: loopback, private nets, link-local (cloud metadata), carrier NAT, multicast, documentation ranges.
 */
import { BlockList, isIP, isIPv6 } from 'node:net';

const forbidden = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  forbidden.addSubnet(net, prefix, 'ipv4');
}
/** The one range of IPv6 that is handed out to the public; of it, tunnels and documentation are taken out again. */
const globalIPv6 = new BlockList();
globalIPv6.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  forbidden.addSubnet(net, prefix, 'ipv6');
}

/** True for addresses on the public internet. Names, zone ids and IPv4 inside IPv6 are never public. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (isIPv6(address)) return globalIPv6.check(address, 'ipv6') && !forbidden.check(address, 'ipv6');
  return !forbidden.check(address, 'ipv4');
}
