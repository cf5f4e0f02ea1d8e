/** The code behind an entry of a package as a bundler would make it for a browser or a single file, minified. */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { publishedPackages } from './packages.mjs';

/** `dependencies`: with those of others. Modules that are loaded late count where they are of the package itself. */
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
  });
  const { output } = await bundle.generate({ format: 'esm', minify: true, codeSplitting: false });
  await bundle.close();
  return output[0].code;
}
