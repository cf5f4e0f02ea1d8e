import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { inWorkDir } from '../connection/ipc-path.js';
import { isJsonObject } from '../json-object.js';

/** The files of a work dir, protocol sections 1.6 and 1.7. */
export interface WorkDir {
  readonly path: string;
  /** No process has been started in it before. */
  readonly isNew: boolean;
  readonly logFile: string;
  readonly userFile: string;
  readonly faultsFile: string;
  /** `cache/id`; rebuilt to the same value if it was deleted. */
  machineId(): string;
  /** `cache/machine_token.json`, made when missing. */
  machineToken(): string;
  writeDiscovery(values: DiscoveryValues): void;
  removeDiscovery(): void;
}

/** Content of `.info.json`. */
export interface DiscoveryValues {
  readonly websocketPort: number;
  readonly pid: number;
  readonly ipcServerPath: string;
}

/** Makes the folder with everything a first start leaves in it. */
export function openWorkDir(path: string, ownMachineId?: string): WorkDir {
  const file = (...names: string[]): string => inWorkDir(process.platform, path, ...names);
  for (const folder of ['cache', 'logs', 'index', 'model']) mkdirSync(file(folder), { recursive: true, mode: 0o700 });
  const isNew = readIfPresent(file('cache', 'id')) === undefined;
  writeIfMissing(file('cache', 'config.json'), '{"allowStatistics":false,"preferredLanguage":"en"}\n');
  writeIfMissing(file('cache', 'quota'), randomBytes(48).toString('base64'));
  writeIfMissing(file('lingma_mcp.json'), '{"mcpServers":{}}\n');

  const machineId = (): string => writeIfMissing(file('cache', 'id'), ownMachineId ?? machineIdOf(hostname())).trim();
  machineId();
  return {
    path,
    isNew,
    logFile: file('logs', 'lingma.log'),
    userFile: file('cache', 'user'),
    faultsFile: file('cache', 'simulator.json'),
    machineId,
    machineToken() {
      const path = file('cache', 'machine_token.json');
      const token = { token: randomBytes(24).toString('hex'), type: 'machine', updateAt: Date.now() };
      const kept = tokenIn(writeIfMissing(path, JSON.stringify(token)));
      if (kept !== undefined) return kept;
      writeFileSync(path, JSON.stringify(token), { mode: 0o600 });
      return token.token;
    },
    writeDiscovery(values) {
      writeFileSync(file('.info.json'), JSON.stringify({ ...values, isDev: false }));
      writeFileSync(file('.info'), `${values.websocketPort}\n${values.pid}\n${values.ipcServerPath}\n`);
    },
    removeDiscovery() {
      rmSync(file('.info.json'), { force: true });
      rmSync(file('.info'), { force: true });
    },
  };
}

/** Same machine, same id: a UUID made from the host name. */
function machineIdOf(host: string): string {
  const hex = createHash('sha256').update(`lingma-simulator:${host}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function tokenIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) && typeof value.token === 'string' ? value.token : undefined;
  } catch {
    return undefined;
  }
}

/** The file's text, after writing `text` if there was none. Private: some of these are credentials. */
function writeIfMissing(path: string, text: string): string {
  const present = readIfPresent(path);
  if (present !== undefined && present !== '') return present;
  writeFileSync(path, text, { mode: 0o600 });
  return text;
}

/** Text of a file, undefined when there is none. */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
