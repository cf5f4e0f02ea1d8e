/**
 * Where Lingma lies in an archive, by its names alone: `<version>/<arch>_<os>/Lingma` at any depth, with or without the version,
 * or else in a ZIP within it. What the vendor calls the folders above changes.
 */
import { compareVersions, isVersionName } from '../layout/version-order.js';
import { type Platform, programName } from '../platform.js';

export interface Layout {
  /** Of its folder; absent where that has none. */
  readonly version?: string;
  /** Ends with a slash. */
  readonly platformFolder: string;
  /** Ends with a slash. */
  readonly extensionFolder: string;
  /** May tell the version: the first of these that is there. */
  readonly configs: readonly string[];
}

/** The one of the highest version, if any. */
export function findLayout(names: readonly string[], platform: Platform): Layout | undefined {
  const tail = `${platform}/${programName(platform)}`;
  const layouts = names
    .filter((name) => name === tail || name.endsWith(`/${tail}`))
    .map((name) => layoutAt(name.slice(0, -tail.length), platform));
  return layouts.sort((one, other) => compareVersions(other.version ?? '', one.version ?? ''))[0];
}

function layoutAt(root: string, platform: Platform): Layout {
  const folders = root.split('/').slice(0, -1);
  const last = folders.at(-1);
  const above = folders.slice(0, -1).map((folder) => `${folder}/`);
  return {
    ...(last !== undefined && isVersionName(last) && { version: last }),
    platformFolder: `${root}${platform}/`,
    extensionFolder: `${root}extension/`,
    configs: [`${above.join('')}config.json`, `${root}config.json`],
  };
}

/** ZIPs within an archive that are looked into; a VSIX has one. */
const MAX_INNER = 8;

export interface InnerZip {
  readonly name: string;
  readonly version?: string;
}

/** Those that may hold Lingma, likeliest first: named after it, for this platform, of the highest version. */
export function findInnerZips(
  names: readonly string[],
  platform: Platform,
  platforms: readonly Platform[],
): readonly InnerZip[] {
  const others = platforms.filter((name) => name !== platform);
  return names
    .filter((name) => /\.zip$/i.test(name) && !others.some((other) => name.includes(other)))
    .map((name) => ({ name, rank: rankOf(name, platform), ...versionIn(name) }))
    .sort((one, other) => other.rank - one.rank || compareVersions(other.version ?? '', one.version ?? ''))
    .slice(0, MAX_INNER)
    .map(({ name, version }) => ({ name, ...(version !== undefined && { version }) }));
}

function rankOf(name: string, platform: Platform): number {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const isNamed = /^lingma(?:[-_.]|$)/i.test(base) || base.includes(platform);
  return (isNamed ? 2 : 0) + (/(?:^|\/)(?:bin|binaries)\//i.test(name) ? 1 : 0);
}

function versionIn(name: string): { readonly version?: string } {
  const version = /[-_](\d+(?:\.\d+)+[\w.+]*)\.zip$/i.exec(name)?.[1];
  return version === undefined ? {} : { version };
}
