/**
 * All files under a folder, links not followed, within bounds. `tinyglobby`'s own walker and matcher, one by one: it would
 * try a model's glob without a time limit.
 */
import { join, sep } from 'node:path';
import { fdir } from 'fdir';
import { HostToolError } from './host-tool-error.js';

/** Machine-made and huge; searches of editors leave them out as well. */
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules']);
/** Files and folders that are looked at: those beyond are left out. */
const MAX_VISITED = 50_000;

export interface FoundFile {
  /** Real path. */
  readonly real: string;
  /** From the folder, with forward slashes. */
  readonly name: string;
}

/** Those near the top first, by name. `folder` is a real path. @throws the signal's reason */
export async function walkFiles(
  folder: string,
  signal: AbortSignal,
  maxVisited = MAX_VISITED,
): Promise<readonly FoundFile[]> {
  // The walker takes every backslash for a slash, which leads somewhere else where it is a part of a name.
  if (sep === '/' && folder.includes('\\')) throw new HostToolError('A path with a backslash cannot be searched');
  let visited = 0;
  const isWithin = (): boolean => ++visited <= maxVisited;
  const names = await new fdir({
    ...{ relativePaths: true, pathSeparator: '/', excludeSymlinks: true, signal },
    exclude: (name) => SKIPPED.has(name) || !isWithin(),
    filters: [isWithin],
  })
    .crawl(folder)
    .withPromise();
  signal.throwIfAborted();
  const depthOf = (name: string): number => name.split('/').length;
  return names
    .map((name) => ({ name, real: join(folder, name), depth: depthOf(name) }))
    .sort((a, b) => a.depth - b.depth || (a.name < b.name ? -1 : 1));
}
