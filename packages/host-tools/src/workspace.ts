/**
 * The folder that host tools are confined to. Every path a model names goes through {@link Workspace.locate}: it
 * follows symbolic links and refuses what lies outside, be it by `..`, by an absolute path or by a link.
 */
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HostToolError } from './host-tool-error.js';

export class Workspace {
  /** As it was given to Lingma, which names files by it. */
  readonly folder: string;
  #root: Promise<string> | undefined;

  constructor(folder: string) {
    this.folder = resolve(folder);
  }

  /** The folder itself, links followed. @throws HostToolError when it does not exist */
  root(): Promise<string> {
    this.#root ??= realpath(this.folder).catch(() => {
      this.#root = undefined;
      throw new HostToolError('The working folder does not exist');
    });
    return this.#root;
  }

  /**
   * The real path of a file or folder that may or may not exist yet: no part of it is a link.
   *
   * @throws HostToolError when it leads out of the folder
   */
  async locate(path: string): Promise<string> {
    const root = await this.root();
    if (path.trim() === '' || path.includes('\0')) throw new HostToolError('The path is empty or broken');
    let existing = this.#lexically(root, path);
    const missing: string[] = [];
    for (;;) {
      const real = await realPathOf(existing);
      if (real !== undefined) {
        if (!isInside(root, real)) throw outside();
        return join(real, ...missing);
      }
      missing.unshift(basename(existing));
      existing = dirname(existing);
    }
  }

  /** A real path as Lingma knows it. */
  async show(real: string): Promise<string> {
    return join(this.folder, relative(await this.root(), real));
  }

  /** `..` is resolved before any link is followed, as editors do it. */
  #lexically(root: string, path: string): string {
    const target = isAbsolute(path) ? resolve(path) : resolve(root, path);
    if (isInside(root, target)) return target;
    if (isInside(this.folder, target)) return join(root, relative(this.folder, target));
    throw outside();
  }
}

/** `undefined` when nothing is there; a link to nothing is refused, for writing would create its target. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
  const dangling = await lstat(path).catch(() => undefined);
  if (dangling?.isSymbolicLink() === true) throw outside();
  return undefined;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(): HostToolError {
  return new HostToolError('The path lies outside of the working folder');
}
