/** The answers of the store of VS Code to a query, for the versions that it has. */

export interface StoreVersionFacts {
  readonly version: string;
  /** As the store calls it, such as `linux-x64`. Absent: for all. */
  readonly targetPlatform?: string;
  readonly preRelease?: boolean;
}

export interface GalleryQuery {
  readonly filters?: readonly {
    readonly criteria?: readonly { readonly filterType?: number; readonly value?: string }[];
  }[];
  readonly flags?: number;
}

const LATEST_ONLY = 0x200;
const EXTENSION_NAME = 7;
export const PACKAGE_ASSET = 'Microsoft.VisualStudio.Services.VSIXPackage';

/** @param assets where the files of a version lie */
export function galleryAnswer(
  query: GalleryQuery,
  name: string,
  versions: readonly StoreVersionFacts[],
  assets: (version: StoreVersionFacts) => string,
): unknown {
  const [publisherName, extensionName] = name.split('.');
  const asked = query.filters?.[0]?.criteria?.find(({ filterType }) => filterType === EXTENSION_NAME)?.value;
  const isKnown = asked?.toLowerCase() === name.toLowerCase() && versions.length > 0;
  const isLatestOnly = ((query.flags ?? 0) & LATEST_ONLY) !== 0;
  // The latest is that of each platform.
  const [latest] = versions;
  const listed = isLatestOnly ? versions.filter(({ version }) => version === latest?.version) : versions;
  const extension = {
    publisher: { publisherName, displayName: publisherName },
    extensionName,
    displayName: 'Qoder CN (Formerly Lingma)',
    versions: listed.map((each) => ({
      version: each.version,
      ...(each.targetPlatform !== undefined && { targetPlatform: each.targetPlatform }),
      lastUpdated: '2026-01-01T00:00:00Z',
      assetUri: assets(each),
      fallbackAssetUri: assets(each),
      files: [
        {
          assetType: 'Microsoft.VisualStudio.Code.Manifest',
          source: `${assets(each)}/Microsoft.VisualStudio.Code.Manifest`,
        },
        { assetType: PACKAGE_ASSET, source: `${assets(each)}/${PACKAGE_ASSET}` },
      ],
      properties: [
        { key: 'Microsoft.VisualStudio.Code.Engine', value: '^1.68.0' },
        ...(each.preRelease === true ? [{ key: 'Microsoft.VisualStudio.Code.PreRelease', value: 'true' }] : []),
      ],
    })),
    statistics: [{ statisticName: 'install', value: 1 }],
  };
  return { results: [{ extensions: isKnown ? [extension] : [], pagingToken: null, resultMetadata: [] }] };
}
