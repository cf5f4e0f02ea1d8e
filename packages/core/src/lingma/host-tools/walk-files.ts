/** All files under a folder, breadth first, links not followed, within bounds. */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** Machine-made and huge; searches of editors leave them out as well. */
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules']);
const MAX_VISITED = 50_000;

export interface FoundFile {
  /** Real path. */
  readonly real: string;
  /** From the folder, with forward slashes. */
  readonly name: string;
}

/** Ends early after 50 000 entries. @throws the signal's reason */
export async function* walkFiles(folder: string, signal: AbortSignal): AsyncGenerator<FoundFile> {
  const waiting = [''];
  let visited = 0;
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    // A folder that may not be read, or has gone, has nothing for us.
    const entries = await opendir(join(folder, name)).catch(() => undefined);
    if (entries === undefined) continue;
    for await (const entry of entries) {
      signal.throwIfAborted();
      if (++visited > MAX_VISITED) return;
      const inner = name === '' ? entry.name : `${name}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!SKIPPED.has(entry.name)) waiting.push(inner);
      } else if (entry.isFile()) {
        yield { real: join(folder, inner), name: inner };
      }
    }
  }
}
