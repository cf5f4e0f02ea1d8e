/** For the tests, which are TypeScript. */
import type { PublishedPackage } from './packages.mjs';

export function inOrder<P extends Pick<PublishedPackage, 'name' | 'manifest'>>(packages: readonly P[]): P[];
export function publishAll(
  packages: readonly Pick<PublishedPackage, 'name' | 'manifest'>[],
  folder: string,
  run: (args: readonly string[]) => number,
): string[];
