/**
 * In this repository an entry of a package leads straight to what the compiler made, so that nothing is bundled while one works
 * on it. These files stand where a published package has its bundle; `lib/cjs` is bundled here, too.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { publishedPackages } from './packages.mjs';

/** Writes those that are not as they should be; takes the place of a bundle that packing left. */
export function writeEntryStubs(packages = publishedPackages()) {
  for (const { dir, entries } of packages) {
    const esm = join(dir, 'lib', 'esm');
    // A bundle's own.
    if (existsSync(join(esm, 'package.json'))) rmSync(esm, { recursive: true, force: true });
    for (const [file, text] of entries.flatMap(({ module }) => stubsOf(dir, module))) {
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

function stubsOf(dir, module) {
  const source = join(dir, 'src', `${module}.ts`);
  const hasDefault = existsSync(source) && /\bexport default\b|\bas default\b/.test(readFileSync(source, 'utf8'));
  const stub = (path) => {
    const from = `${relative(dirname(path), join(dir, 'dist', module)).replaceAll('\\', '/')}.js`;
    return [path, `export * from '${from}';\n${hasDefault ? `export { default } from '${from}';\n` : ''}`];
  };
  const [esm, cjs] = ['esm', 'cjs'].map((format) => join(dir, 'lib', format, module));
  return [stub(`${esm}.js`), stub(`${esm}.d.ts`), stub(`${cjs}.d.ts`)];
}
