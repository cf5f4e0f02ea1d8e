/** Every package as it is published: what is in it, what its manifest says, and that programs of all kinds can use it. */
import { execFile } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryMembers, publishedPackages } from '../../packages/dev/publish/packages.mjs';
import type { PackedPackage } from '../../packages/dev/publish/stage.mjs';
import { CONSUMER_SETTINGS, checkConsumer } from './check-consumer.js';
import type { Project } from './install-tarballs.js';
import { type PackedPackages, packPackages } from './packed-packages.js';

const run = promisify(execFile);
const names = publishedPackages().map(({ name }) => name);

let packed: PackedPackages;
let project: Project;
const packageOf = (name: string): PackedPackage => packed.packages.get(name) as PackedPackage;

beforeAll(async () => {
  packed = await packPackages();
  project = packed.project;
}, 120_000);
afterAll(() => packed?.remove());

/** All files below a folder, links followed. */
function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The packages that code or declarations ask for, by whichever kind of import. */
function imported(text: string): string[] {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((id) => !/^[./]/.test(id) && !isBuiltin(id))
    .map((id) =>
      id
        .split('/')
        .slice(0, id.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

describe.each(names)('%s', (name) => {
  it('contents - licence, page and code; no leftovers of the compiler, no sources, no maps without sources', () => {
    const { files } = packageOf(name);
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'lib/esm/index.js']));
    expect(files.filter((file) => /tsbuildinfo|\.map$|(?<!\.d)\.ts$|\.test\.|(^|\/)src\//.test(file))).toEqual([]);
    const dir = project.installed.get(name) as string;
    const mapped = files.filter(
      (file) => /\.[cm]?js$/.test(file) && /^\/\/# sourceMappingURL=/m.test(readFileSync(join(dir, file), 'utf8')),
    );
    expect(mapped).toEqual([]);
  });

  it('manifest - says what a registry shows, and nothing that holds in this repository alone', () => {
    const manifest = JSON.parse(readFileSync(join(project.installed.get(name) as string, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({
      name,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      description: expect.stringMatching(/.{20}/),
      keywords: expect.arrayContaining(['lingma']),
      license: 'MIT',
      type: 'module',
      engines: { node: expect.stringMatching(/^>=(20\.19|18)$/) },
      sideEffects: false,
      publishConfig: { access: 'public' },
      repository: { type: 'git', url: 'git+https://github.com/owner/name.git' },
    });
    expect(JSON.stringify(manifest)).not.toContain('workspace:');
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).not.toHaveProperty('scripts');
  });

  it('entries - types first, one module for import and require where Node can, CommonJS for the others; all are there', () => {
    const { entries, manifest, files } = packageOf(name);
    // After a change: npm run docs:sync
    expect(manifest).toMatchObject(entryMembers(entries));
    for (const target of Object.values(manifest.exports as Record<string, object | string>)) {
      if (typeof target !== 'string') expect(Object.keys(target)[0]).toBe('types');
    }
    const told = JSON.stringify([
      manifest.exports,
      manifest.bin,
      manifest.main,
      manifest.types,
      manifest.typesVersions,
    ]);
    const missing = [...told.matchAll(/"\.\/([^"]+)"(?!:)/g)].flatMap(([, file = '']) =>
      files.includes(file) ? [] : [file],
    );
    expect(missing).toEqual([]);
  });

  it('imports - of what the manifest names alone, by code and declarations; none that depends on where a file stands', () => {
    const { manifest, files } = packageOf(name);
    const named = new Set([
      name,
      ...['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) =>
        Object.keys((manifest[field] as Record<string, string> | undefined) ?? {}),
      ),
    ]);
    const dir = project.installed.get(name) as string;
    const problems: string[] = [];
    for (const file of files.filter((path) => /^lib\/.*\.(js|d\.ts)$/.test(path))) {
      const text = readFileSync(join(dir, file), 'utf8');
      for (const other of imported(text)) if (!named.has(other)) problems.push(`${file}: ${other}`);
      if (/new URL\(\s*["'`]\.\.?\//.test(text)) problems.push(`${file}: a file beside it`);
    }
    expect([...new Set(problems)]).toEqual([]);
  });

  it('publint - has nothing to say', async () => {
    const data = readFileSync(packageOf(name).tarball);
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  it('arethetypeswrong - they are not, however they are resolved', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(readFileSync(packageOf(name).tarball)));
    expect(analysis.types).not.toBe(false);
    expect('problems' in analysis ? analysis.problems : []).toEqual([]);
  });
});

describe('a program', () => {
  it.each([
    ['an ES module', ['smoke.mjs']],
    ['CommonJS, where Node can require ES modules', ['smoke.cjs']],
    ['CommonJS, where it cannot', ['--no-experimental-require-module', 'smoke.cjs']],
  ])('%s - can use every package', async (_kind, args) => {
    const { stdout, stderr } = await run(process.execPath, args, { cwd: project.dir });
    expect({ stdout, stderr }).toEqual({ stdout: 'ok\n', stderr: '' });
  });

  it('the command - starts from its package and answers', async () => {
    const bin = join(project.installed.get('lingma-gateway') as string, 'bin/lingma-gateway.js');
    const version = await run(process.execPath, [bin, '--version'], { cwd: project.dir });
    expect(version.stdout.trim()).toBe(packageOf('lingma-gateway').manifest.version);
    const chat = await run(process.execPath, [bin, 'chat', '--demo', 'Hello'], { cwd: project.dir });
    expect(chat.stdout).toContain('Hello');
  });

  it.each(CONSUMER_SETTINGS)(
    'TypeScript, $module in a .$ending file - finds the types of every entry',
    async (settings) => {
      expect(await checkConsumer(project.dir, '7', settings)).toBe('');
    },
  );
});

describe('weight', () => {
  it('@lingma-gateway/core - at most 15 MB with all it needs, as blocks on a disk', () => {
    const MB = 1024 * 1024;
    const needs = [
      '@lingma-gateway/core',
      ...Object.keys(packageOf('@lingma-gateway/core').manifest.dependencies as object),
    ];
    const bytes = needs.flatMap((name) => {
      const dir = project.installed.get(name) as string;
      expect(existsSync(dir)).toBe(true);
      return filesBelow(dir).map((file) => Math.ceil(lstatSync(file).size / 4096) * 4096);
    });
    const total = bytes.reduce((sum, size) => sum + size, 0);
    expect(total / MB).toBeLessThan(15);
    // A measure that sees nothing would always be content.
    expect(total / MB).toBeGreaterThan(5);
  });
});
