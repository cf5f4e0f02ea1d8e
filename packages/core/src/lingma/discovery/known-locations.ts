/** The folders and sockets where Lingma and its kin are known to leave traces (protocol sections 1.6, 2.3, 2.4). Pure. */
import { posix, win32 } from 'node:path';

/** What the usual places of a Lingma depend on. */
export interface PlaceFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
}

const PRODUCTS = ['QoderCN', 'Qoder', 'Lingma'] as const;
const SHARED_CACHES = ['SharedClientCache', 'sharedClientCache'] as const;
const SOCKET_NAMES = ['qodercn.sock', 'lingma.sock'] as const;

/** Joins with the separators of `platform`, not of the machine this runs on. */
export function joinPath(platform: NodeJS.Platform, ...parts: string[]): string {
  return (platform === 'win32' ? win32 : posix).join(...parts);
}

/** `~/x` → a path in the home folder: configuration files know no shell. */
export function expandHome(path: string, facts: PlaceFacts): string {
  return /^~[/\\]/.test(path) ? joinPath(facts.platform, facts.homedir, path.slice(2)) : path;
}

/** Folders that may hold `.info.json`, in the order to look. */
export function knownInfoFolders(facts: PlaceFacts): readonly string[] {
  const join = (...parts: string[]): string => joinPath(facts.platform, ...parts);
  const home = (...parts: string[]): string => join(facts.homedir, ...parts);
  const bases = [
    userConfigDir(facts),
    home('.qodercn', 'vscode'),
    home('.qodercn'),
    home('.qoder-cn', 'vscode'),
    home('.qoder-cn'),
    home('.lingma', 'vscode'),
    home('.lingma'),
    ...(facts.platform === 'win32' ? windowsDataDirs(facts) : []),
  ];
  const folders = bases.flatMap((base) => [
    ...PRODUCTS.flatMap((product) => SHARED_CACHES.map((cache) => join(base, product, cache))),
    ...SHARED_CACHES.map((cache) => join(base, cache)),
  ]);
  // The work folders of the JetBrains line lie right under the home folder.
  const direct = [home('.qodercn'), home('.qoder-cn', 'shared_client'), home('.qoder-cn'), home('.lingma')];
  return [...new Set([...folders, ...direct])];
}

/** Those that a process may have made in its work folder. None on Windows. */
export function socketsIn({ platform }: PlaceFacts, workDir: string | undefined): readonly string[] {
  return platform === 'win32' || workDir === undefined ? [] : SOCKET_NAMES.map((name) => posix.join(workDir, name));
}

/** Unix sockets without a discovery file beside them; the newest one wins. None on Windows. */
export function knownSockets(facts: PlaceFacts, workDir?: string): readonly string[] {
  if (facts.platform === 'win32') return [];
  const config = userConfigDir(facts);
  const home = (...parts: string[]): string => posix.join(facts.homedir, ...parts);
  return [
    ...socketsIn(facts, workDir),
    posix.join(config, 'QoderCN', 'SharedClientCache', 'qodercn.sock'),
    posix.join(config, 'Qoder', 'SharedClientCache', 'qodercn.sock'),
    posix.join(config, 'Lingma', 'SharedClientCache', 'lingma.sock'),
    home('.qodercn', 'vscode', 'sharedClientCache', 'qodercn.sock'),
    home('.qodercn', 'qodercn.sock'),
    home('.lingma', 'vscode', 'sharedClientCache', 'lingma.sock'),
    home('.lingma', 'lingma.sock'),
    home('.qoder-cn', 'shared_client', 'qodercn.sock'),
    home('.qoder-cn', 'vscode', 'sharedClientCache', 'qodercn.sock'),
    home('.qoder-cn', 'qodercn.sock'),
  ];
}

function userConfigDir(facts: PlaceFacts): string {
  switch (facts.platform) {
    case 'win32':
      return variable(facts, 'APPDATA') ?? win32.join(facts.homedir, 'AppData', 'Roaming');
    case 'darwin':
      return posix.join(facts.homedir, 'Library', 'Application Support');
    default: {
      const configured = variable(facts, 'XDG_CONFIG_HOME');
      // The XDG specification has relative values ignored.
      return configured?.startsWith('/') === true ? configured : posix.join(facts.homedir, '.config');
    }
  }
}

function windowsDataDirs(facts: PlaceFacts): string[] {
  return ['APPDATA', 'LOCALAPPDATA', 'ProgramData'].flatMap((name) => variable(facts, name) ?? []);
}

/** Windows does not tell the case of variable names apart, but a copy of its environment does. */
function variable(facts: PlaceFacts, name: string): string | undefined {
  const key =
    facts.platform === 'win32'
      ? Object.keys(facts.env).find((candidate) => candidate.toUpperCase() === name.toUpperCase())
      : name;
  const value = key === undefined ? undefined : facts.env[key];
  return value === '' ? undefined : value;
}
