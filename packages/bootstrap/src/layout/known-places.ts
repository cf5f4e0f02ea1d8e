/** Where a Lingma may lie that somebody else has installed: folders in the order in which they are asked. Pure. */
import type { Platform } from '../platform.js';

/** `versions`: folders by version with the program below. `program`: the folder of the program itself. `file`: the program. */
export interface KnownPlace {
  readonly kind: 'versions' | 'program' | 'file';
  readonly path: string;
  /** For people. */
  readonly product: 'data folder' | 'LINGMA_SERVICE_BINARY' | 'Lingma' | 'QoderCN';
}

/** What the places of installed programs depend on. */
export interface PlaceSources {
  readonly node: NodeJS.Platform;
  readonly platform: Platform;
  readonly homedir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `<data>/bin`. */
  readonly bin: string;
}

const RESOURCES = ['resources', 'app', 'resources', 'bin'];
const PRODUCTS = ['Lingma', 'QoderCN'] as const;

export function knownPlaces({ node, platform, homedir, env, bin }: PlaceSources): readonly KnownPlace[] {
  const join = (...parts: readonly string[]): string => parts.join(node === 'win32' ? '\\' : '/');
  const named = env.LINGMA_SERVICE_BINARY?.trim();
  const apps = PRODUCTS.flatMap((product): KnownPlace[] => {
    const inApp = (folder: string): KnownPlace => ({ kind: 'program', product, path: join(folder, platform) });
    if (node === 'darwin') {
      return ['/Applications', join(homedir, 'Applications')].map((folder) =>
        inApp(join(folder, `${product}.app`, 'Contents', 'Resources', ...RESOURCES.slice(1))),
      );
    }
    const folders =
      node === 'win32'
        ? [env.LOCALAPPDATA === undefined ? undefined : join(env.LOCALAPPDATA, 'Programs'), env.ProgramFiles]
        : ['/opt', '/usr/share', '/usr/lib'];
    const names = node === 'win32' ? [product] : [product, product.toLowerCase()];
    return folders.flatMap((folder) =>
      folder === undefined ? [] : names.map((name) => inApp(join(folder, name, ...RESOURCES))),
    );
  });
  return [
    { kind: 'versions', product: 'data folder', path: bin },
    ...(named ? [{ kind: 'file', product: 'LINGMA_SERVICE_BINARY', path: named } as const] : []),
    { kind: 'versions', product: 'Lingma', path: join(homedir, '.lingma', 'bin') },
    ...apps,
  ];
}

/** What the program is called, likeliest first. */
export function programNames(platform: Platform): readonly string[] {
  return platform.endsWith('_windows') ? ['Lingma.exe', 'QoderCN.exe'] : ['Lingma', 'QoderCN'];
}
