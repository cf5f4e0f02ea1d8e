#!/usr/bin/env node
/** Before a package is packed, in its folder: what it holds is built anew where it has to be. `postpack` undoes the bundle. */
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDeclarations } from './declarations.mjs';
import { writeEntryStubs } from './entry-stubs.mjs';
import { buildLibrary } from './library.mjs';
import { readPackage, root } from './packages.mjs';

const own = readPackage(process.cwd());
writeEntryStubs();
const bin = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'tsc.cmd' : 'tsc');
const { status } = spawnSync(bin, ['-b'], { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
if (status !== 0) process.exit(1);
if (own.manifest.files.includes('bundle')) await import('../bundle.mjs');
for (const format of ['esm', 'cjs']) await buildLibrary(own, format);
await buildDeclarations(own);
copyFileSync(join(root, 'LICENSE'), join(own.dir, 'LICENSE'));
