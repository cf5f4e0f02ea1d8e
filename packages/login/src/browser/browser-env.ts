/** What a browser needs of the environment, and nothing that gives access to something. Pure. */

export type Environment = Readonly<Record<string, string | undefined>>;

/** A list of what may go, not of what may not: secrets have any name. Windows writes names in other cases. */
const NEEDED =
  /^(PATH|PATHEXT|HOME|USER|USERNAME|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|DISPLAY|XAUTHORITY|WAYLAND_DISPLAY|XDG_\w+|DBUS_SESSION_BUS_ADDRESS|FONTCONFIG_\w+|LD_LIBRARY_PATH|CHROME_DEVEL_SANDBOX|(HTTPS?|ALL|NO)_PROXY|USERPROFILE|HOMEDRIVE|HOMEPATH|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|PROGRAMW6432|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC)$/i;

export function browserEnv(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined && NEEDED.test(name)) kept[name] = value;
  return kept;
}
