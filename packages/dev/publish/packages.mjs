/** The packages that are published, and where their entries are. What is published is said by their manifests alone. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** Every package below `packages/` that is not private. */
export function publishedPackages() {
  return readdirSync(join(root, 'packages'))
    .sort()
    .map((folder) => readPackage(join(root, 'packages', folder)))
    .filter((entry) => entry !== undefined && entry.manifest.private !== true);
}

/** The package in a folder; `undefined` where there is none. */
export function readPackage(dir) {
  const file = join(dir, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  return { dir, name: manifest.name, manifest, entries: entriesOf(manifest) };
}

/**
 * The entries that hold code: `path` as in the exports map (`.`, `./wire`), `specifier` as one imports it, `module` the
 * compiled file below `dist` without its ending (`index`, `wire/index`).
 */
function entriesOf({ name, exports = {} }) {
  return Object.entries(exports).flatMap(([path, target]) => {
    // The plain form, too, in which an entry is first written down.
    const file = typeof target === 'string' ? target : (target.import ?? target.default);
    const module = /^\.\/(?:lib\/esm|dist)\/(.+)\.js$/.exec(typeof file === 'string' ? file : '')?.[1];
    if (module === undefined) return [];
    return [{ path, specifier: path === '.' ? name : `${name}${path.slice(1)}`, module }];
  });
}

/**
 * The members of a manifest that say where its entries are. `module-sync` is asked by a Node that can `require` ES modules: all
 * get the same ones there, and no class exists twice. Who cannot (Jest, older bundlers) gets CommonJS by `require`. `main`,
 * `types` and `typesVersions` are for compilers that know of no exports map.
 */
export function entryMembers(entries) {
  const exports = {};
  const typesVersions = {};
  for (const { path, module } of entries) {
    exports[path] = {
      types: { import: `./lib/esm/${module}.d.ts`, require: `./lib/cjs/${module}.d.ts` },
      'module-sync': `./lib/esm/${module}.js`,
      import: `./lib/esm/${module}.js`,
      require: `./lib/cjs/${module}.js`,
    };
    if (path !== '.') typesVersions[path.slice(2)] = [`./lib/cjs/${module}.d.ts`];
  }
  exports['./package.json'] = './package.json';
  return {
    main: './lib/cjs/index.js',
    types: './lib/cjs/index.d.ts',
    exports,
    ...(Object.keys(typesVersions).length > 0 && { typesVersions: { '*': typesVersions } }),
  };
}
