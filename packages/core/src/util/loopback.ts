/** Whether an address can be reached from this machine only. */

/** True for 127.0.0.0/8 and `::1`, with or without brackets: what is sure without asking anybody. */
export function isLoopbackAddress(address: string): boolean {
  const name = address.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  if (name === '::1' || name === '0:0:0:0:0:0:0:1') return true;
  // 127.x.y.z within IPv6, as URLs write it.
  if (/^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/.test(name)) return true;
  const ipv4 = name.startsWith('::ffff:') ? name.slice('::ffff:'.length) : name;
  return /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(ipv4);
}

/**
 * Also true for `localhost` and names under it, which are *meant* to be this machine. A hosts file or a name server may say
 * otherwise: whoever opens a port judges the address that the name leads to.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name);
}
