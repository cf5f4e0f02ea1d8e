/** How Windows names pipes. Pure, so that the rules hold on every system. */

export const PIPE_PREFIX = '\\\\.\\pipe\\';

/** True for `\\.\pipe\…` (also `\\?\pipe\…`, and with slashes): an address that is no file. */
export function isNamedPipePath(path: string): boolean {
  return /^[\\/]{2}[.?][\\/]pipe[\\/]./i.test(path);
}

/** `lingma-bf0f32` → `\\.\pipe\lingma-bf0f32`; slashes become backslashes; anything else that is a path stays. */
export function normalizePipeName(name: string): string {
  if (isNamedPipePath(name)) return PIPE_PREFIX + name.slice(PIPE_PREFIX.length).replaceAll('/', '\\');
  return /[\\/]/.test(name) ? name : PIPE_PREFIX + name;
}
