/** Where an agent's program is: a path, a package in a `node_modules` further up, or a name on the `PATH`. */
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { isJsonObject, type JsonValue } from '../../../util/index.js';

/** Ready to be started. */
export interface FoundProgram {
  readonly bin: string;
  /** What goes before the program's own arguments. */
  readonly args: readonly string[];
}

export interface ProgramWish {
  readonly command: string;
  readonly package?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Default: the current folder. */
  readonly from?: string;
  readonly platform?: NodeJS.Platform;
}

/** `undefined`: it is not installed. */
export async function findProgram(wish: ProgramWish): Promise<FoundProgram | undefined> {
  const { command, env, from = process.cwd(), platform = process.platform } = wish;
  if (isAbsolute(command) || /[\\/]/.test(command)) return asProgram(resolve(from, command), platform);
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found =
      (wish.package === undefined ? undefined : await inPackage(join(folder, 'node_modules', wish.package), command)) ??
      (await asProgram(join(folder, 'node_modules', '.bin', command), platform));
    if (found !== undefined) return found;
    if (dirname(folder) === folder) break;
  }
  for (const folder of pathOf(env)) {
    const found =
      (await asProgram(join(folder, command), platform)) ??
      // Where npm puts what is installed for all projects: beside the shims, or in the library next to them.
      (wish.package === undefined ? undefined : await inPackage(join(folder, 'node_modules', wish.package), command));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The script that a package has for the command, by the Node that runs this: so no shell is needed on Windows. */
async function inPackage(folder: string, command: string): Promise<FoundProgram | undefined> {
  try {
    const parsed = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as JsonValue;
    const bin = isJsonObject(parsed) ? parsed.bin : undefined;
    const script = isJsonObject(bin) ? bin[command] : bin;
    if (typeof script !== 'string') return undefined;
    const path = join(folder, script);
    if (/\.[cm]?js$/.test(path)) return { bin: process.execPath, args: [path] };
    return await asProgram(path, process.platform);
  } catch {
    return undefined;
  }
}

async function asProgram(path: string, platform: NodeJS.Platform): Promise<FoundProgram | undefined> {
  const candidates = platform === 'win32' && !/\.exe$/i.test(path) ? [`${path}.exe`] : [path];
  for (const candidate of candidates) {
    try {
      if (!(await stat(candidate)).isFile()) continue;
      await access(candidate, platform === 'win32' ? constants.R_OK : constants.X_OK);
      return { bin: candidate, args: [] };
    } catch {
      // Not there, or not for us.
    }
  }
  return undefined;
}

/** Windows knows no case in names. */
function pathOf(env: ProgramWish['env']): readonly string[] {
  const [, value = ''] = Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH') ?? [];
  return value.split(delimiter).filter((folder) => folder !== '');
}
