/** For the tests, which are TypeScript. */
import type { PackageEntry, PublishedManifest } from './stage.mjs';

export interface PublishedPackage {
  readonly dir: string;
  readonly name: string;
  readonly manifest: PublishedManifest;
  readonly entries: readonly PackageEntry[];
}

export const root: string;
export function publishedPackages(): PublishedPackage[];
export function entryMembers(entries: readonly PackageEntry[]): Record<string, unknown>;
