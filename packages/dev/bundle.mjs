/**
 * Packs the `lingma-gateway` command into a few files: reading several hundred modules one by one is most of what its start
 * takes. The library entry stays as it is. `cli.ts` runs the bundle where it is newer than what it was made of.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = join(fileURLToPath(import.meta.url), '..', '..', '..');
const server = join(root, 'packages', 'server');
const dir = join(server, 'bundle');
const made = join(dir, 'main.js');

/** What is rebuilt or installed anew before the bundle has to be. */
const inputs = [
  ...['bootstrap', 'core', 'host-tools', 'login', 'node', 'simulator', 'server'].map((name) =>
    join(root, 'packages', name, 'dist', '.tsbuildinfo'),
  ),
  join(root, 'node_modules', '.lingma-gateway-install'),
  fileURLToPath(import.meta.url),
];
/** Native code, what `ws` takes only where somebody installed it, and the browser that an operator may add. */
const external = ['sharp', 'playwright-core', 'bufferutil', 'utf-8-validate'];
/** Whoever traces brings the API; prom-client has one of its own. */
const isExternal = (id, importer) =>
  external.includes(id) || (id === '@opentelemetry/api' && importer?.endsWith('tracing.js') === true);
const timeOf = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

if (timeOf(made) < Math.max(...inputs.map(timeOf))) {
  rmSync(dir, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { main: join(server, 'dist', 'main.js') },
    platform: 'node',
    external: isExternal,
    logLevel: 'warn',
  });
  await bundle.write({
    dir,
    format: 'esm',
    chunkFileNames: '[name].js',
    // Less to read and to keep in memory (some 8 MB); names stay, for stack traces.
    minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  for (const name of readdirSync(dir)) toAscii(join(dir, name));
}

/**
 * A source with a single character beyond Latin-1 takes two bytes a character for as long as the process lives. Whatever
 * such characters stand in (strings, templates, regular expressions) reads their escapes as the same.
 */
function toAscii(path) {
  const source = readFileSync(path, 'utf8');
  const escaped = source.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (escaped !== source) writeFileSync(path, escaped);
}
