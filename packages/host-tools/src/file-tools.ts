/** The tools that read and change one file. */
import { lstat, mkdir, unlink } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { HostTool } from './host-tool.js';
import { HostToolError } from './host-tool-error.js';
import { readRegularFile, toText, writeRegularFile } from './regular-file.js';
import { integerOf, pathOf, requiredPath, requiredText, textOf } from './tool-parameters.js';

/** Characters of a file that go back at once; the rest by line numbers. */
const MAX_CONTENT_CHARS = 256 * 1024;

/** Lines are counted from 1, both ends included; without them the whole file. */
export const readFileTool: HostTool = async (parameters, { workspace }) => {
  const real = await workspace.locate(requiredPath(parameters));
  const text = toText(await readRegularFile(real));
  const path = await workspace.show(real);
  const from = integerOf(parameters, 'start_line', 'startLine', 'start_line_one_indexed');
  const to = integerOf(parameters, 'end_line', 'endLine', 'end_line_one_indexed');
  if (from === undefined && to === undefined) return { path, ...cut(text) };
  const lines = text.split('\n');
  const startLine = Math.max(1, from ?? 1);
  const endLine = Math.min(lines.length, to !== undefined && to >= 1 ? to : lines.length);
  const part = lines.slice(startLine - 1, endLine).join('\n');
  return { path, ...cut(part), startLine, endLine, totalLines: lines.length };
};

/** Folders on the way are made; a file that is there gets the new text. */
export const createFileTool: HostTool = async (parameters, { workspace, signal }) => {
  const given = requiredPath(parameters);
  const text = requiredText(parameters, 'text', 'content');
  const planned = await workspace.locate(given);
  signal.throwIfAborted();
  await mkdir(dirname(planned), { recursive: true });
  const real = await workspace.locate(given);
  signal.throwIfAborted();
  await writeRegularFile(real, text);
  return { path: await workspace.show(real) };
};

/** One place is replaced, or the whole file when no old text is given. */
export const replaceTextTool: HostTool = async (parameters, { workspace, signal }) => {
  const real = await workspace.locate(requiredPath(parameters));
  const oldText = textOf(parameters, 'oldText', 'old_text');
  const newText = requiredText(parameters, 'newText', 'text', 'new_text');
  const before = toText(await readRegularFile(real));
  const after = oldText === undefined || oldText === '' ? newText : replaceOnce(before, oldText, newText);
  signal.throwIfAborted();
  await writeRegularFile(real, after);
  return { path: await workspace.show(real) };
};

export const deleteFileTool: HostTool = async (parameters, { workspace, signal }) => {
  const given = requiredPath(parameters);
  await workspace.locate(given);
  // Of a link, the link goes and not what it points to.
  const real = join(await workspace.locate(dirname(given)), basename(resolve(given)));
  if ((await lstat(real)).isDirectory()) throw new HostToolError('This is a folder; only files can be deleted');
  signal.throwIfAborted();
  await unlink(real);
  return { path: await workspace.show(real) };
};

/** In an editor it writes the buffer out; here nothing is buffered. */
export const saveFileTool: HostTool = (parameters) => Promise.resolve({ path: pathOf(parameters) ?? '' });

function replaceOnce(text: string, oldText: string, newText: string): string {
  const at = text.indexOf(oldText);
  if (at < 0) throw new HostToolError('oldText does not occur in the file');
  if (text.indexOf(oldText, at + 1) >= 0) {
    throw new HostToolError('oldText occurs more than once: give more of the text around it');
  }
  return text.slice(0, at) + newText + text.slice(at + oldText.length);
}

function cut(content: string): { content: string; truncated?: true } {
  if (content.length <= MAX_CONTENT_CHARS) return { content };
  return { content: content.slice(0, MAX_CONTENT_CHARS), truncated: true };
}
