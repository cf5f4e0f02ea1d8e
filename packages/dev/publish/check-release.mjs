/** `node check-release.mjs v1.2.3`: whether what stands here may be published as that. Says everything that speaks against it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishedPackages } from './packages.mjs';

/** `changelogOf`: the text of a package's changelog, `undefined` without one. */
export function releaseProblems(tag, packages, changelogOf) {
  if (!/^v\d+\.\d+\.\d+(-[\w.]+)?$/.test(tag)) return [`${tag} is no version's tag (v1.2.3)`];
  const version = tag.slice(1);
  return packages.flatMap((own) => {
    const problems = [];
    if (own.manifest.version !== version) problems.push(`${own.name} is ${own.manifest.version}, not ${version}`);
    if (!(changelogOf(own) ?? '').split('\n').includes(`## ${version}`)) {
      problems.push(`${own.name} has no entry for ${version} in its CHANGELOG.md: npx changeset version`);
    }
    return problems;
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const changelogOf = ({ dir }) => {
    const file = join(dir, 'CHANGELOG.md');
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const problems = releaseProblems(process.argv[2] ?? '', publishedPackages(), changelogOf);
  for (const problem of problems) console.error(problem);
  process.exit(problems.length === 0 ? 0 : 1);
}
