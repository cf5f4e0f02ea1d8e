/**
 * The addresses of a name, asked for in a way that can be given up. The system's own look-up can not: it would keep one
 * of the few threads that files and all other names need, for as long as a name server is silent. The price is that
 * names of `/etc/hosts` are unknown here; those are of this machine's net, which no picture may come from anyway.
 */
import { Resolver } from 'node:dns/promises';

/** Milliseconds for the first try of a name server; later ones take longer, until the signal ends them. */
const TRY_MS = 2000;

/** What `Resolver` is used for here. */
export interface NameResolver {
  resolve4(name: string): Promise<string[]>;
  resolve6(name: string): Promise<string[]>;
  cancel(): void;
}

/** @throws the first failure when the name has no address at all */
export async function resolveAddresses(
  name: string,
  signal: AbortSignal,
  resolver: NameResolver = new Resolver({ timeout: TRY_MS, tries: 4 }),
): Promise<readonly string[]> {
  signal.throwIfAborted();
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    signal.throwIfAborted();
    const addresses = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
    const [failed] = found.filter((one) => one.status === 'rejected');
    if (addresses.length === 0 && failed !== undefined) throw failed.reason;
    return addresses;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
