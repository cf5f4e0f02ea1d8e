/**
 * Bundles the entries of a package, out of what the compiler made, into `esm` or `cjs` of `lib`: few files, which load and install
 * sooner. What the manifest names as a dependency or peer stays outside; whatever else is imported goes in, and its licence with
 * it. So a package says by `devDependencies` what it would rather carry than have installed.
 *
 * CommonJS is for Jest, older bundlers and compilers with `module: commonjs`, which cannot take ES modules.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const self = fileURLToPath(import.meta.url);

/** Into `lib`, by default the package's own. Does nothing where what is there is newer than what it was made of. */
export async function buildLibrary({ dir, manifest, entries }, format, lib = join(dir, 'lib')) {
  if (entries.length === 0) return;
  const dist = join(dir, 'dist');
  const target = join(lib, format);
  // Written last: where it is newer than its inputs the bundle is whole. It also says how its neighbours are to be read.
  const stamp = join(target, 'package.json');
  const inputs = [join(dist, '.tsbuildinfo'), join(dir, 'package.json'), self];
  if (existsSync(stamp) && inputs.every((input) => timeOf(input) <= timeOf(stamp))) return;
  rmSync(target, { recursive: true, force: true });

  const stays = outsideOf(dir, manifest, format);
  const bundle = await rolldown({
    input: Object.fromEntries(entries.map(({ module }) => [module, join(dist, `${module}.js`)])),
    platform: 'node',
    external: (id, importer) => stays(packageOf(id), importer),
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: target,
    format,
    exports: 'named',
    // Jest has no `import()` in CommonJS.
    dynamicImportInCjs: false,
    chunkFileNames: 'chunks/[name].js',
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  writeLicences(join(lib, 'LICENCES.txt'), output);
  writeFileSync(stamp, `${JSON.stringify({ type: format === 'esm' ? 'module' : 'commonjs' })}\n`);
}

/** Says of a package that some module asks for whether it stays outside. */
function outsideOf(dir, manifest, format) {
  const required = new Set(Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }));
  const peers = new Set(Object.keys(manifest.peerDependencies ?? {}));
  if (format === 'cjs') for (const name of required) if (isEsmOnly(dir, name)) required.delete(name);
  return (name, importer) => {
    if (name === undefined) return false;
    if (name.startsWith('node:') || required.has(name)) return true;
    // What goes in brings its own of what somebody else may have as a peer.
    return peers.has(name) && !(importer ?? '').includes('node_modules');
  };
}

/** Whether no `require` but Node's own can take it. */
function isEsmOnly(dir, name) {
  const places = createRequire(join(dir, 'package.json')).resolve.paths(name) ?? [];
  const file = places.map((place) => join(place, name, 'package.json')).find((path) => existsSync(path));
  if (file === undefined) return false;
  const { type, exports } = JSON.parse(readFileSync(file, 'utf8'));
  return type === 'module' && !hasRequire(exports);
}

function hasRequire(target) {
  if (typeof target !== 'object' || target === null) return false;
  return Object.entries(target).some(([key, value]) => key === 'require' || hasRequire(value));
}

/** `undefined` for a file. */
function packageOf(id) {
  if (/^[./\0]|^[a-z]:[\\/]/i.test(id)) return undefined;
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
}

const timeOf = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;

/** The licences of what went in; none where nothing did. */
function writeLicences(file, output) {
  const folders = new Set(
    output.flatMap((chunk) =>
      Object.keys(chunk.modules ?? {}).flatMap(
        (id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id) ?? [],
      ),
    ),
  );
  if (folders.size === 0) return;
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const text = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const body = text === undefined ? `Licence: ${license}` : readFileSync(join(folder, text), 'utf8').trim();
    return `${name} ${version}\n\n${body}\n`;
  });
  writeFileSync(file, `This package carries code of the following ones.\n\n${texts.sort().join('\n---\n\n')}`);
}
