/**
 * The shared client as one CommonJS file that can be copied alone, and its types as another: both are kept in the repository, for
 * whoever has no package manager at hand.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const FOLDER = 'packages/llm-client';
const HEADER = `/**
 * @lingma-gateway/llm-client as one file: made from its sources, not written by hand. Copy it and require it; it needs Node 18 and
 * nothing else. LLM_BASE_URL and LLM_API_KEY say where to and with which key.
 */
`;

/** Path in the repository → content. Needs the package to be built. */
export async function llmClientFiles(root) {
  const dist = join(root, FOLDER, 'dist');
  const code = (await llmClientCode(join(dist, 'index.js')))
    .replace(/^\/\/#(end)?region.*\n/gm, '')
    .replace(/^\/\/# sourceMappingURL.*\n?/gm, '');
  const types = ['types', 'errors', 'client', 'index'].map((name) => declarations(join(dist, `${name}.d.ts`)));
  return {
    [`${FOLDER}/commonjs/llm_client.js`]: formatted(root, 'llm_client.js', `${HEADER}${code}`),
    [`${FOLDER}/commonjs/llm_client.d.ts`]: formatted(root, 'llm_client.d.ts', `${HEADER}${types.join('\n')}`),
  };
}

export async function llmClientCode(input, options = {}) {
  const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn' });
  const { output } = await bundle.generate({ format: 'cjs', exports: 'named', ...options });
  await bundle.close();
  return output[0].code;
}

/** Without what ties the files together: together they are one. */
const declarations = (path) =>
  readFileSync(path, 'utf8')
    .replace(/^import [^;]*;\n/gm, '')
    .replace(/^export (type )?\{[^}]*\} from [^;]*;\n/gm, '')
    .replace(/^\/\/# sourceMappingURL.*\n?/gm, '');

const formatted = (root, name, input) =>
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'),
      'format',
      `--stdin-file-path=${join(root, FOLDER, 'commonjs', name)}`,
    ],
    { cwd: root, input, encoding: 'utf8' },
  );
