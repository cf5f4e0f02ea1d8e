/** Agent CLIs from npm, kept in a cache outside the repository so that they are downloaded once. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'lingma-gateway', 'clients');

/** The path of the client's executable, installed on the first call. */
export async function installClient(name: string, version: string, executable: string): Promise<string> {
  const folder = join(cache, `${name.replace(/[@/]+/g, '-')}-${version}`);
  const path = join(folder, 'node_modules', '.bin', executable);
  if (existsSync(path)) return path;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  await run('npm', ['install', '--no-audit', '--no-fund', `${name}@${version}`], { cwd: folder });
  return path;
}
