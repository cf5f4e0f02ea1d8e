/**
 * Packages as they are published, in a folder of their own: nothing in the repository's changes, so that it can be used
 * meanwhile. Needs what the compiler made. A script calls it (`npm run pack`), and so do tests.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { buildDeclarations } from './declarations.mjs';
import { buildLibrary } from './library.mjs';
import { publishedPackages, root } from './packages.mjs';

const run = promisify(execFile);
/** What a published package has no use for. */
const LEFT_BEHIND = new Set(['node_modules', 'src', 'lib', 'package.json', 'tsconfig.json']);

/**
 * Stages all packages below `to` and packs them there. `repository` (owner/name) is where they come from, which a registry
 * compares with what the workflow that publishes them says.
 */
export async function packAll(to, { repository } = {}) {
  const packages = publishedPackages();
  const versions = new Map(packages.map(({ name, manifest }) => [name, manifest.version]));
  const stages = [];
  for (const own of packages) {
    const stage = join(to, 'stage', basename(own.dir));
    mkdirSync(stage, { recursive: true });
    cpSync(own.dir, stage, { recursive: true, filter: (file) => !LEFT_BEHIND.has(relative(own.dir, file)) });
    copyFileSync(join(root, 'LICENSE'), join(stage, 'LICENSE'));
    const manifest = publishedManifest(own, versions, repository);
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
    for (const format of ['esm', 'cjs']) await buildLibrary(own, format, join(stage, 'lib'));
    await buildDeclarations(own, join(stage, 'lib'));
    stages.push(stage);
  }
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', to, ...stages];
  const { stdout } = await run(npm, args, { cwd: root, maxBuffer: 64 * 1024 * 1024, shell: npm.endsWith('.cmd') });
  const packed = JSON.parse(stdout);
  return packages.map((own, index) => {
    const { filename, files, size, unpackedSize } = packed[index];
    const tarball = join(to, filename.replace('@', '').replace('/', '-'));
    return { ...own, stage: stages[index], tarball, files: files.map(({ path }) => path), size, unpackedSize };
  });
}

/** Without what is for this repository alone, and with versions in the place of `workspace:`. */
function publishedManifest({ dir, manifest }, versions, repository) {
  const { devDependencies: _, scripts: __, ...published } = manifest;
  for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies']) {
    if (manifest[field] === undefined) continue;
    published[field] = Object.fromEntries(
      Object.entries(manifest[field]).map(([name, range]) => [
        name,
        range.startsWith('workspace:') ? `${/[\^~]/.exec(range)?.[0] ?? ''}${versions.get(name)}` : range,
      ]),
    );
  }
  if (repository !== undefined) {
    const directory = relative(root, dir).replaceAll('\\', '/');
    published.repository = { type: 'git', url: `git+https://github.com/${repository}.git`, directory };
  }
  return published;
}
