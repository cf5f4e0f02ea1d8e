/** Addresses and ranges of them, as `10.0.0.0/8` or `fd00::1`. An IPv4 address in the clothes of IPv6 is an IPv4 address. */
import ipaddr from 'ipaddr.js';

/** A range of addresses. Made by {@link parseSubnet}. */
export interface Subnet {
  readonly base: ipaddr.IPv4 | ipaddr.IPv6;
  /** Of the base, those that an address must share. */
  readonly bits: number;
}

/** `::ffff:0:0/96` are the IPv4 addresses. */
const MAPPED_BITS = 96;

/** `undefined`: neither an address nor a range. What only some programs read as one (`10`, `10.0/8`, `010.0.0.1`) is none. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', bits, ...more] = text.split('/');
  const base = parseAddress(address);
  if (base === undefined || more.length > 0) return undefined;
  const longest = base.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return { base, bits: longest };
  if (!/^\d{1,3}$/.test(bits)) return undefined;
  const mapped = base.kind() === 'ipv4' && address.includes(':') ? MAPPED_BITS : 0;
  const own = Number(bits) - mapped;
  return own >= 0 && own <= longest ? { base, bits: own } : undefined;
}

/** Whether it lies in one of them. What is no address lies nowhere. */
export function isWithin(text: string, subnets: readonly Subnet[]): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  return subnets.some(({ base, bits }) => address.kind() === base.kind() && address.match(base, bits));
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const isAddress = text.includes(':') ? ipaddr.IPv6.isValid(text) : ipaddr.IPv4.isValidFourPartDecimal(text);
  return isAddress ? ipaddr.process(text) : undefined;
}
