/** For the tests, which are TypeScript. */
import type { PublishedPackage } from './packages.mjs';

type Named = Pick<PublishedPackage, 'name' | 'manifest'>;

export function releaseProblems(
  tag: string,
  packages: readonly Named[],
  changelogOf: (own: Named) => string | undefined,
): string[];
