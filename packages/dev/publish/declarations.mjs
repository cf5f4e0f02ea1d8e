/**
 * Rolls up the declarations of a package's entries, for either kind of modules: hundreds of small files would take more room than
 * what they hold.
 */
import { join } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

/** Entries may need one another's declarations, and no code runs in those. */
const HARMLESS = /CIRCULAR_DEPENDENCY|CYCLIC_CROSS_CHUNK_REEXPORT/;

export async function buildDeclarations({ dir, entries }, lib = join(dir, 'lib')) {
  if (entries.length === 0) return;
  const bundle = await rollup({
    input: Object.fromEntries(entries.map(({ module }) => [module, join(dir, 'dist', `${module}.d.ts`)])),
    plugins: [dts()],
    external: (id) => !/^[./]|^[a-z]:[\\/]/i.test(id),
    onwarn: (warning) => {
      if (!HARMLESS.test(warning.code ?? '')) console.error(warning.message);
    },
  });
  for (const format of ['esm', 'cjs']) {
    await bundle.write({
      dir: join(lib, format),
      format: 'es',
      entryFileNames: '[name].d.ts',
      chunkFileNames: ({ name }) => `types/${name.replace(/\.d$/, '')}.d.ts`,
    });
  }
  await bundle.close();
}
