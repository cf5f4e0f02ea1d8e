/** What the store of VS Code is asked, and what is made of its answer. Pure. */
import { BootstrapError } from '../bootstrap-error.js';
import { compareVersions } from '../layout/version-order.js';
import { isForPlatform, type Platform } from '../platform.js';

/** Files, versions, properties, asset addresses, statistics, and what has been taken back left out. */
const FLAGS = 914;
const LATEST_ONLY = 0x200;
const PACKAGE_ASSET = 'Microsoft.VisualStudio.Services.VSIXPackage';
const PRE_RELEASE = 'Microsoft.VisualStudio.Code.PreRelease';

export const QUERY_HEADERS = {
  accept: 'application/json;api-version=7.2-preview.1',
  'content-type': 'application/json',
} as const;

export interface StoreExtension {
  readonly publisher: string;
  readonly extension: string;
}

/** The body of the query: for the latest version alone, or for all. */
export function queryBody({ publisher, extension }: StoreExtension, versions: 'latest' | 'all'): string {
  const criteria = [
    { filterType: 7, value: `${publisher}.${extension}` },
    { filterType: 8, value: 'Microsoft.VisualStudio.Code' },
    { filterType: 12, value: '4096' },
  ];
  return JSON.stringify({
    filters: [{ criteria, pageNumber: 1, pageSize: 1, sortBy: 0, sortOrder: 0 }],
    assetTypes: [],
    flags: versions === 'latest' ? FLAGS : FLAGS & ~LATEST_ONLY,
  });
}

export interface StoreVersion {
  readonly version: string;
  /** Where its package may be had, likeliest first. */
  readonly addresses: readonly string[];
}

export interface Choice {
  readonly platform: Platform;
  /** The one to have, in place of the latest. */
  readonly version?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const objectsOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((each): each is Json => typeof each === 'object' && each !== null) : [];

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * The version to take out of an answer; `undefined`: none of those in it.
 *
 * @param store where the store is, for the address that it does not tell
 * @throws BootstrapError `query_failed` when this is no answer of a store
 */
export function chooseVersion(
  answer: unknown,
  { platform, version: wanted }: Choice,
  store: StoreExtension & { readonly url: string },
): StoreVersion | undefined {
  const results = (answer as Json | null)?.results;
  if (!Array.isArray(results)) throw new BootstrapError('query_failed', 'The store gave an answer that makes no sense');
  const [extension] = objectsOf(objectsOf(results)[0]?.extensions);
  const fitting = objectsOf(extension?.versions).filter((each) => {
    const version = textOf(each.version);
    if (version === undefined || !isForPlatform(textOf(each.targetPlatform), platform)) return false;
    return wanted === undefined ? !isPreRelease(each) : version === wanted;
  });
  const [first] = fitting;
  const version = textOf(first?.version);
  if (first === undefined || version === undefined) return undefined;
  // One version comes once for each platform: its own before the one for all.
  const same = fitting.filter((each) => each.version === version);
  const own = same.find((each) => textOf(each.targetPlatform) !== undefined && each.targetPlatform !== 'universal');
  return { version, addresses: addressesOf(own ?? first, version, store) };
}

/** @throws BootstrapError `bad_url` never: nothing is asked yet */
export function packageAddress(store: StoreExtension & { readonly url: string }, version: string): string {
  const [publisher, extension, name] = [store.publisher, store.extension, version].map(encodeURIComponent);
  const path = `publishers/${publisher}/vsextensions/${extension}/${name}/vspackage`;
  return `${galleryOf(store.url)}/${path}`;
}

export const queryAddress = (url: string): string => `${galleryOf(url)}/extensionquery`;

const galleryOf = (url: string): string =>
  `${url.replace(/\/+$/, '').replace(/\/_apis\/public\/gallery$/, '')}/_apis/public/gallery`;

function addressesOf(
  found: Json,
  version: string,
  store: StoreExtension & { readonly url: string },
): readonly string[] {
  const sources = objectsOf(found.files)
    .filter(({ assetType }) => assetType === PACKAGE_ASSET)
    .map(({ source }) => textOf(source));
  const fallback = textOf(found.fallbackAssetUri);
  const all = [
    ...sources,
    ...(fallback === undefined ? [] : [`${fallback}/${PACKAGE_ASSET}`]),
    packageAddress(store, version),
  ];
  return [...new Set(all.filter((address) => address !== undefined))];
}

const isPreRelease = ({ properties }: Json): boolean =>
  objectsOf(properties).some(({ key, value }) => key === PRE_RELEASE && String(value).toLowerCase() === 'true');

/** Whether the store's version is newer than the one that is there. */
export const isNewer = (offered: string, present: string | undefined): boolean =>
  present === undefined || compareVersions(offered, present) > 0;
