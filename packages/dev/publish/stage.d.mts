/** For the tests, which are TypeScript. */
export interface PackedPackage {
  readonly dir: string;
  readonly name: string;
  readonly manifest: PublishedManifest;
  readonly entries: readonly PackageEntry[];
  readonly stage: string;
  readonly tarball: string;
  readonly files: readonly string[];
  readonly size: number;
  readonly unpackedSize: number;
}

export interface PackageEntry {
  readonly path: string;
  readonly specifier: string;
  readonly module: string;
}

export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly [member: string]: unknown;
}

export function packAll(to: string, options?: { readonly repository?: string }): Promise<PackedPackage[]>;
