/**
 * An empty project with the packages as they are published, installed without a network: tarballs are unpacked, and what their
 * manifests name as a dependency is linked from where it is in this repository. Whatever is not named is not there.
 */
import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PackedPackage } from '../../packages/dev/publish/stage.mjs';

const run = promisify(execFile);

export interface Project {
  readonly dir: string;
  /** The installed folder of each package by its name, those of others included. */
  readonly installed: ReadonlyMap<string, string>;
  remove(): void;
}

export interface ProjectOptions {
  /** Folder of this repository in which the project's own packages are found, and their names. */
  readonly own?: readonly (readonly [from: string, ...names: string[]])[];
}

export async function installTarballs(
  packed: readonly PackedPackage[],
  { own = [] }: ProjectOptions = {},
): Promise<Project> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'lingma-packages-')));
  const installed = new Map<string, string>();
  writeFileSync(join(dir, 'package.json'), '{"private":true}\n');
  for (const { name, tarball } of packed) {
    const target = join(dir, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
    installed.set(name, target);
  }
  const link = (name: string, from: string): void => {
    const target = join(dir, 'node_modules', name);
    const source = join(from, 'node_modules', name);
    if (existsSync(target) || !existsSync(source)) return;
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(realpathSync(source), target, 'junction');
    installed.set(name, realpathSync(source));
  };
  for (const { name, dir: from } of packed) {
    const manifest = JSON.parse(readFileSync(join(installed.get(name) as string, 'package.json'), 'utf8')) as {
      readonly dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {})) link(dependency, from);
  }
  for (const [from, ...names] of own) for (const name of names) link(name, from);
  return { dir, installed, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
