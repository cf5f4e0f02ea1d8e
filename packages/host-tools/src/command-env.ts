/** The environment of commands: what a shell cannot do without, and no secret of the gateway's. */
import { homedir } from 'node:os';

/** Variables as `process.env` has them. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

const NAMES = ['PATH', 'HOME', 'LANG'];
/** Without these, Windows starts hardly any program. */
const WINDOWS_NAMES = ['PATH', 'USERPROFILE', 'SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP'];

export function commandEnv(source: EnvSource, platform: NodeJS.Platform = process.platform): Record<string, string> {
  const windows = platform === 'win32';
  const env: Record<string, string> = windows
    ? { USERPROFILE: homedir() }
    : { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: homedir(), LANG: 'C.UTF-8' };
  for (const name of windows ? WINDOWS_NAMES : NAMES) {
    // Names of Windows' variables are written in any case.
    const key = windows ? Object.keys(source).find((each) => each.toLowerCase() === name.toLowerCase()) : name;
    const value = key === undefined ? undefined : source[key];
    if (value !== undefined && value !== '') env[name] = value;
  }
  return env;
}
