/**
 * `node publish.mjs folder [--dry-run]`: publishes the tarballs in a folder, what others need first, with a statement of their
 * provenance. What is published already is left out, so that a run that broke off can be repeated.
 */
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishedPackages } from './packages.mjs';

/** So that nobody can install a package whose dependencies are not there yet. */
export function inOrder(packages) {
  const byName = new Map(packages.map((own) => [own.name, own]));
  const ordered = new Set();
  const visit = (own) => {
    if (ordered.has(own)) return;
    const { dependencies = {}, peerDependencies = {} } = own.manifest;
    for (const name of Object.keys({ ...dependencies, ...peerDependencies }))
      if (byName.has(name)) visit(byName.get(name));
    ordered.add(own);
  };
  packages.forEach(visit);
  return [...ordered];
}

/** As npm names it. */
export const tarballName = ({ name, manifest }) => `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;

/** `run`: npm with these arguments; its exit code. */
export function publishAll(packages, folder, run) {
  const published = [];
  for (const own of inOrder(packages)) {
    if (run(['view', `${own.name}@${own.manifest.version}`, 'version']) === 0) continue;
    const status = run(['publish', join(folder, tarballName(own)), '--provenance', '--access', 'public']);
    if (status !== 0) throw new Error(`${own.name} could not be published (npm ended with ${status})`);
    published.push(own.name);
  }
  return published;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = 'artifacts', ...flags] = process.argv.slice(2);
  const isDry = flags.includes('--dry-run');
  const run = (args) => {
    if (isDry) {
      console.log(`npm ${args.join(' ')}`);
      return args[0] === 'view' ? 1 : 0;
    }
    // `view` says nothing of what is not there but by its code.
    return (
      spawnSync('npm', args, { stdio: ['ignore', 'inherit', args[0] === 'view' ? 'ignore' : 'inherit'] }).status ?? 1
    );
  };
  for (const name of publishAll(publishedPackages(), resolve(folder), run)) console.log(`published ${name}`);
}
