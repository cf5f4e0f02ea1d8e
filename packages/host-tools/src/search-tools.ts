/** The tools that look for files, by name and by content. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { JsonObject } from '@lingma-gateway/core';
import { isGlob, matchingPaths } from './glob-match.js';
import type { HostTool, HostToolScope } from './host-tool.js';
import { createLineMatcher } from './line-matcher.js';
import { readRegularFile } from './regular-file.js';
import { isSet, pathOf, requiredText, textOf } from './tool-parameters.js';
import { type FoundFile, walkFiles } from './walk-files.js';

const MAX_RESULTS = 200;
/** Files searched for text: how large each may be, and how much is read in all. */
const MAX_SEARCHED_BYTES = 1024 * 1024;
const MAX_READ_BYTES = 64 * 1024 * 1024;

/** By a glob, or by a part of the path in any letter case. */
export const searchFileTool: HostTool = async (parameters, scope) => {
  const query = requiredText(parameters, 'query', 'pattern', 'glob', 'name', 'fileName', 'file_name');
  const needle = query.toLowerCase();
  const { files, shownPath } = await filesIn(parameters, scope);
  const all = files.map(({ name }) => name);
  const matching = isGlob(query)
    ? matchingPaths(all, query)
    : all.filter((name) => name.toLowerCase().includes(needle));
  const names = matching.slice(0, MAX_RESULTS);
  return {
    content: names.join('\n'),
    files: names.map((name) => ({ fileName: basename(name), path: shownPath(name) })),
    ...(matching.length > MAX_RESULTS && { truncated: true }),
  };
};

/** By a regular expression, line by line; letter case counts unless told otherwise. */
export const grepCodeTool: HostTool = async (parameters, scope) => {
  const ignoreCase =
    parameters.case_sensitive === false ||
    parameters.caseSensitive === false ||
    isSet(parameters, 'ignore_case', 'ignoreCase', 'case_insensitive');
  const pattern = requiredText(parameters, 'pattern', 'query', 'regex', 'keyword');
  const match = createLineMatcher({ pattern, ignoreCase });
  const include = textOf(parameters, 'include', 'glob', 'include_pattern', 'includePattern', 'file_pattern');
  const found: JsonObject[] = [];
  const lines: string[] = [];
  let bytesLeft = MAX_READ_BYTES;
  let truncated = false;
  const { files, shownPath } = await filesIn(parameters, scope);
  const all = files.map(({ name }) => name);
  const wanted = new Set(include === undefined || include === '' ? all : matchingPaths(all, include));
  for (const { name, real } of files) {
    if (!wanted.has(name)) continue;
    scope.signal.throwIfAborted();
    const bytes = await readRegularFile(real, MAX_SEARCHED_BYTES).catch(() => undefined);
    if (bytes === undefined || bytes.subarray(0, 8192).includes(0)) continue;
    for (const { line, text } of match(bytes.toString('utf8'), MAX_RESULTS - found.length)) {
      found.push({ fileName: basename(name), path: shownPath(name), startLine: line, endLine: line, content: text });
      lines.push(`${name}:${line}:${text}`);
    }
    bytesLeft -= bytes.length;
    truncated = found.length >= MAX_RESULTS || bytesLeft <= 0;
    if (truncated) break;
  }
  return { content: lines.join('\n'), results: found, ...(truncated && { truncated }) };
};

/** The files under the folder the parameters name, else under the working folder; a file is itself. */
async function filesIn(
  parameters: JsonObject,
  { workspace, signal }: HostToolScope,
): Promise<{ readonly files: readonly FoundFile[]; shownPath(name: string): string }> {
  const given = pathOf(parameters) ?? textOf(parameters, 'directory', 'folder') ?? '';
  const real = await workspace.locate(given === '' ? '.' : given);
  const shown = await workspace.show(real);
  if ((await stat(real)).isFile()) return { files: [{ real, name: basename(real) }], shownPath: () => shown };
  return { files: await walkFiles(real, signal), shownPath: (name) => join(shown, name) };
}
