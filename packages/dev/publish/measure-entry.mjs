/** The code behind an entry of a package as a bundler would make it for a browser or a single file, minified and packed. */
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { publishedPackages } from './packages.mjs';

/**
 * Bytes, with gzip. `dependencies`: with those of others. `first`: what importing the entry loads, each file by itself, where what
 * late parts share with it stays in it, as webpack has it; `whole`: that and all that is loaded late, as one file.
 */
export async function measureEntry(specifier, { dependencies }) {
  const [own, entry] = publishedPackages()
    .flatMap((own) => own.entries.map((entry) => [own, entry]))
    .find(([, { specifier: other }]) => other === specifier);
  const peers = Object.keys(own.manifest.peerDependencies ?? {});
  const isOther = (id) => !/^[./\0]|^[a-z]:[\\/]/i.test(id);
  const bundle = await rolldown({
    input: join(own.dir, 'dist', `${entry.module}.js`),
    platform: dependencies ? 'browser' : 'node',
    external: (id) => isOther(id) && (!dependencies || peers.some((peer) => id === peer || id.startsWith(`${peer}/`))),
    logLevel: 'silent',
    preserveEntrySignatures: 'allow-extension',
  });
  const options = { format: 'esm', minify: true };
  const { output: split } = await bundle.generate(options);
  const { output: one } = await bundle.generate({ ...options, codeSplitting: false });
  await bundle.close();
  return { first: loadedFirst(split).reduce((sum, { code }) => sum + sizeOf(code), 0), whole: sizeOf(one[0].code) };
}

/** The entry's file and those that it imports, and they in turn. */
function loadedFirst(files) {
  const byName = new Map(files.map((file) => [file.fileName, file]));
  const first = new Set();
  const visit = (file) => {
    if (file === undefined || first.has(file)) return;
    first.add(file);
    for (const name of file.imports) visit(byName.get(name));
  };
  visit(files.find(({ isEntry }) => isEntry));
  return [...first];
}

const sizeOf = (code) => gzipSync(code, { level: 9 }).length;
