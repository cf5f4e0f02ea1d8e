/** The shell that Lingma is told of where the operator names none (protocol section 8.3). */

/**
 * `/usr/bin/zsh` → `zsh`. `undefined` on Windows, where the variable belongs to another system's tools, and for what is
 * no shell: services run with `nologin` or `false`.
 */
export function usersShell(platform: NodeJS.Platform, path: string | undefined): string | undefined {
  const name = platform === 'win32' ? undefined : path?.split('/').at(-1)?.trim();
  return name !== undefined && /(?:sh|nu)$/.test(name) ? name : undefined;
}
