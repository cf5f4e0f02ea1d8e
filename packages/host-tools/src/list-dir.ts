/** `list_dir`: what lies in a folder, one level deep. */
import { opendir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '@lingma-gateway/core';
import type { HostTool } from './host-tool.js';
import { pathOf } from './tool-parameters.js';

const MAX_ENTRIES = 1000;

/** Items as `tool/call/sync` has them (protocol section 9.4), and the same as text. */
export const listDirTool: HostTool = async (parameters, { workspace, signal }) => {
  const given = pathOf(parameters) ?? '';
  const real = await workspace.locate(given === '' ? '.' : given);
  const path = await workspace.show(real);
  const files: JsonObject[] = [];
  let truncated = false;
  for await (const entry of await opendir(real)) {
    signal.throwIfAborted();
    if (files.length >= MAX_ENTRIES) {
      truncated = true;
      break;
    }
    const file = { fileName: entry.name, path: join(path, entry.name) };
    const place = join(real, entry.name);
    if (entry.isDirectory()) {
      files.push({ ...file, type: 'dir', fileCount: await countOf(place), fileSize: 0 });
    } else {
      // A link's target may lie outside: its size is not ours to tell.
      const fileSize = entry.isFile()
        ? await stat(place).then(
            ({ size }) => size,
            () => 0,
          )
        : 0;
      files.push({ ...file, type: entry.isSymbolicLink() ? 'link' : 'file', fileCount: 0, fileSize });
    }
  }
  files.sort((a, b) => (String(a.fileName) < String(b.fileName) ? -1 : 1));
  const lines = files.map(({ fileName, type }) => (type === 'dir' ? `${fileName}/` : `${fileName}`));
  return { path, content: lines.join('\n'), files, ...(truncated && { truncated }) };
};

const countOf = (folder: string): Promise<number> =>
  readdir(folder).then(
    (names) => names.length,
    () => 0,
  );
