/** For knip: where each workspace begins. The entries of packages come from their manifests, which lead to bundles. */
import { basename } from 'node:path';
import { publishedPackages } from './packages.mjs';

const workspaces = {
  'packages/dev': {
    entry: ['*.mjs', 'bench/*.mjs', 'soak/main.mjs', 'publish/*.mjs'],
    ignore: ['**/*.d.mts'],
  },
  test: {
    entry: [
      '**/*.test.ts',
      '**/*.{agents,clients,packages}.ts',
      '**/vitest.config.ts',
      'packages/consumer/*',
      'support/*.mjs',
    ],
    // For schemas by the name of a format; for programs that are written by a test.
    ignoreDependencies: ['ajv-formats', '@lingma-gateway/llm-client'],
    // Where it is installed it reads what is written for a shell.
    ignoreBinaries: ['shellcheck'],
  },
  // Its package downloads a program when it is installed; one file imports it.
  'examples/electron': { entry: ['*.{mjs,cjs}'], ignoreDependencies: ['electron'] },
  // Its runners find their files by themselves, and are started by what their packages say.
  'examples/jest-translator': { entry: ['*.{mjs,cjs}', '*/*.test.{mjs,cjs}'], ignoreDependencies: ['jest'] },
  'examples/*': { entry: ['*.{mjs,cjs,ts}', '*.test.{js,cjs,mjs,ts}'] },
};
for (const { dir, entries } of publishedPackages()) {
  workspaces[`packages/${basename(dir)}`] = {
    entry: [
      ...entries.map(({ module }) => `src/${module}.ts`),
      'src/{cli,main}.ts',
      'src/**/*.test.ts',
      'commonjs/*.js',
    ],
    // Tests make a pipe.
    ignoreBinaries: ['mkfifo'],
  };
}

export default {
  workspaces,
  // A folder's index names the types of what it gives, whether somebody needs the name or not.
  exclude: ['types'],
  // What a file exports and uses itself is for its tests.
  ignoreExportsUsedInFile: true,
  treatConfigHintsAsErrors: false,
};
