/** The machines that Lingma is made for: what it, Node and the store call them. */
import { BootstrapError } from './bootstrap-error.js';

interface PlatformFacts {
  readonly node: NodeJS.Platform;
  readonly arch: readonly string[];
  /** `targetPlatform` of the store. */
  readonly store: readonly string[];
}

const PLATFORMS = {
  x86_64_linux: { node: 'linux', arch: ['x64'], store: ['linux-x64'] },
  aarch64_linux: { node: 'linux', arch: ['arm64'], store: ['linux-arm64'] },
  x86_64_darwin: { node: 'darwin', arch: ['x64'], store: ['darwin-x64'] },
  aarch64_darwin: { node: 'darwin', arch: ['arm64'], store: ['darwin-arm64'] },
  // Windows on ARM runs programs of the other kind.
  x86_64_windows: { node: 'win32', arch: ['x64', 'arm64'], store: ['win32-x64'] },
} as const satisfies Readonly<Record<string, PlatformFacts>>;

/** A folder of Lingma's, `<arch>_<os>`. */
export type Platform = keyof typeof PLATFORMS;

/** The platforms that Lingma is built for, as its own folders are named. */
export const PLATFORM_NAMES = Object.keys(PLATFORMS) as readonly Platform[];

/** Whether it is the name of one of them. */
export const isPlatform = (name: string): name is Platform => Object.hasOwn(PLATFORMS, name);

/** Whether Lingma is built for a machine, by Node's names. */
export const isSupported = (node: NodeJS.Platform, arch: string): boolean =>
  PLATFORM_NAMES.some((name) => isMachine(name, node, arch));

/** @throws BootstrapError `unsupported_platform` */
export function platformOf(node: NodeJS.Platform, arch: string): Platform {
  const found = PLATFORM_NAMES.find((name) => isMachine(name, node, arch));
  if (found !== undefined) return found;
  throw new BootstrapError('unsupported_platform', `There is no Lingma for ${node} on ${arch}`);
}

function isMachine(name: Platform, node: NodeJS.Platform, arch: string): boolean {
  const facts: PlatformFacts = PLATFORMS[name];
  return facts.node === node && facts.arch.includes(arch);
}

export const isWindows = (platform: Platform): boolean => PLATFORMS[platform].node === 'win32';

/** `LingmaWin7.exe`, which lies beside it on Windows, is for systems that Node no longer runs on. */
export const programName = (platform: Platform): string => (isWindows(platform) ? 'Lingma.exe' : 'Lingma');

/** Whether what the store offers for `target` is for this machine. Without a target it is for all. */
export function isForPlatform(target: string | undefined, platform: Platform): boolean {
  if (target === undefined || target === '' || target === 'universal' || target === 'undefined') return true;
  const names: readonly string[] = PLATFORMS[platform].store;
  return names.includes(target);
}
