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
    .map((name) => layoutAt(name.slice(0, -tail.length), names, platform));
  return layouts.sort((one, other) => compareVersions(other.version ?? '', one.version ?? ''))[0];
}

function layoutAt(root: string, names: readonly string[], platform: Platform): Layout {
  const folders = root.split('/').slice(0, -1);
  const above = folders.slice(0, -1).map((folder) => `${folder}/`);
  const last = folders.at(-1);
  const { version = last, extensionFolder } = extensionAt(root, names) ?? { extensionFolder: `${root}extension/` };
  return {
    ...(version !== undefined && isVersionName(version) && { version }),
    platformFolder: `${root}${platform}/`,
    extensionFolder,
    configs: [`${above.join('')}config.json`, `${root}config.json`],
  };
}

/** The extension runtime beside the folders of platforms, or in a folder of its version there: the newest one. */
function extensionAt(
  root: string,
  names: readonly string[],
): { readonly version?: string; readonly extensionFolder: string } | undefined {
  const main = 'extension/main.js';
  if (names.includes(`${root}${main}`)) return undefined;
  const version = names
    .filter((name) => name.startsWith(root) && name.endsWith(`/${main}`))
    .map((name) => name.slice(root.length, -main.length - 1))
    .filter(isVersionName)
    .sort(compareVersions)
    .at(-1);
  return version === undefined ? undefined : { version, extensionFolder: `${root}${version}/extension/` };
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
    .map((name) => ({ name, ...traitsOf(name, platform), ...versionIn(name) }))
    .sort(
      (one, other) =>
        Number(other.isNamed) - Number(one.isNamed) ||
        compareVersions(other.version ?? '', one.version ?? '') ||
        Number(other.isInBin) - Number(one.isInBin),
    )
    .slice(0, MAX_INNER)
    .map(({ name, version }) => ({ name, ...(version !== undefined && { version }) }));
}

function traitsOf(name: string, platform: Platform): { readonly isNamed: boolean; readonly isInBin: boolean } {
  const base = name.slice(name.lastIndexOf('/') + 1);
  return {
    isNamed: /^lingma(?:[-_.]|$)/i.test(base) || base.includes(platform),
    isInBin: /(?:^|\/)(?:bin|binaries)\//i.test(name),
  };
}

function versionIn(name: string): { readonly version?: string } {
  const version = /[-_](\d+(?:\.\d+)+[\w.+]*)\.zip$/i.exec(name)?.[1];
  return version === undefined ? {} : { version };
}
