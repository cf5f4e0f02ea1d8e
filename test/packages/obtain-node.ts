/** Other versions of Node, from the registry's packages that hold nothing but the program, kept outside of the repository. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lingma-gateway', 'node');
const platform = process.platform === 'win32' ? 'win' : process.platform;

/** The path of a Node of that major version: this one, or one installed at the first call; the reason where none is to be had. */
export async function obtainNode(major: string): Promise<{ readonly path: string } | { readonly reason: string }> {
  if (process.versions.node.startsWith(`${major}.`)) return { path: process.execPath };
  const name = `node-${platform}-${process.arch}`;
  const folder = join(cache, major);
  const path = join(folder, 'node_modules', name, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (existsSync(path)) return { path };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  try {
    await installInto(folder, [`${name}@${major}`]);
  } catch (error) {
    return { reason: `${name}@${major} could not be installed: ${(error as Error).message.split('\n')[0]}` };
  }
  return existsSync(path) ? { path } : { reason: `${name}@${major} holds no ${path}` };
}

/** What is in npm's cache is not fetched again. */
export async function installInto(folder: string, packages: readonly string[]): Promise<void> {
  const windows = platform === 'win';
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', ...packages];
  await run(windows ? 'npm.cmd' : 'npm', args, { cwd: folder, shell: windows });
}
