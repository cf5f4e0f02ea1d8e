/** The shared client as one file: copied alone it works, and it stays small. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { llmClientCode } from '../../packages/dev/llm-client-file.mjs';

const CLIENT = fileURLToPath(new URL('../../packages/llm-client/', import.meta.url));
const run = promisify(execFile);

let folder: string;
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('{"choices":[{"message":{"content":"hello"}}]}');
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-client-copy-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

const environment = () => ({
  PATH: process.env.PATH,
  LLM_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  LLM_API_KEY: 'sk-1',
});
const PROGRAM = `callSpecificModel('m', []).then((answer) => process.stdout.write(textOf(answer)));`;

it('copied alone - required by its path', async () => {
  await copyFile(join(CLIENT, 'commonjs/llm_client.js'), join(folder, 'llm_client.js'));
  await writeFile(join(folder, 'app.js'), `const { callSpecificModel, textOf } = require('./llm_client'); ${PROGRAM}`);
  const { stdout, stderr } = await run(process.execPath, ['app.js'], { cwd: folder, env: environment() });
  expect([stdout, stderr]).toEqual(['hello', '']);
});

it.each([
  ['required', `const { callSpecificModel, textOf } = require('@lingma-gateway/llm-client');`, 'cjs'],
  [
    'required by its file',
    `const { callSpecificModel, textOf } = require('@lingma-gateway/llm-client/commonjs/llm_client.js');`,
    'cjs',
  ],
  ['imported', `import { callSpecificModel, textOf } from '@lingma-gateway/llm-client';`, 'mjs'],
])('as a package - %s', async (_, head, kind) => {
  // Where the name resolves.
  const path = fileURLToPath(new URL(`../node_modules/.llm-client.${kind}`, import.meta.url));
  await writeFile(path, `${head} ${PROGRAM}`);
  try {
    const { stdout, stderr } = await run(process.execPath, [path], { env: environment() });
    expect([stdout, stderr]).toEqual(['hello', '']);
  } finally {
    await rm(path);
  }
});

it('minified and packed it has at most 6 kB', async () => {
  const code = await llmClientCode(join(CLIENT, 'src/index.ts'), { minify: true });
  expect(gzipSync(code).length).toBeLessThanOrEqual(6 * 1024);
});
