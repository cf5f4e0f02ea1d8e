/**
 * Writes into the manifest of every published package where its entries are, and what packing it takes. An entry is added as
 * `"./name": "./dist/name/index.js"`, and this does the rest.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryMembers, publishedPackages } from './packages.mjs';

/** Members that come of the entries. */
const OWN = ['main', 'types', 'exports', 'typesVersions'];

for (const { dir, manifest, entries } of publishedPackages()) {
  if (entries.length === 0) continue;
  const members = entryMembers(entries);
  // Entries of other kinds (a style sheet, a single file) stay as they are written.
  const others = Object.entries(manifest.exports).filter(([path]) => !(path in members.exports));
  const synced = {};
  for (const [name, value] of Object.entries(manifest)) {
    if (name === 'exports') {
      Object.assign(synced, members, { exports: { ...members.exports, ...Object.fromEntries(others) } });
    } else if (!OWN.includes(name)) {
      synced[name] = value;
    }
  }
  synced.files = ['lib', ...manifest.files.filter((path) => path !== 'lib' && path !== 'dist')].sort();
  synced.scripts = {
    ...manifest.scripts,
    prepack: 'node ../dev/publish/prepack.mjs',
    postpack: 'node ../dev/publish/postpack.mjs',
  };
  synced.publishConfig = { access: 'public' };
  const file = join(dir, 'package.json');
  const text = `${JSON.stringify(synced, undefined, 2)}\n`;
  if (readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}
