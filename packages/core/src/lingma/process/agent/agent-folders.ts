/**
 * The folders of an agent: a home of its own, an empty folder to work in, and a note of what this gateway runs there, so
 * that a later one can end what outlived it.
 */
import { rmSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../util/index.js';
import { childEnv } from '../system/child-env.js';
import { endGroup, endOrphans } from '../system/process-group.js';
import { isSameProcess, type ProcessIdentity, type ProcessTable, processTable } from '../system/process-table.js';
import type { AgentProcessSettings } from './agent-options.js';

const NOTE = /^gateway-(\d+)\.json$/;
/** Gateways that died over a state folder; more than this are not looked at in one go. */
const MAX_NOTES = 64;

export class AgentFolders {
  readonly home: string;
  /** Where it works. */
  readonly work: string;
  readonly #settings: AgentProcessSettings;
  readonly #table: ProcessTable;
  readonly #note: string;
  readonly #started = new Map<number, ProcessIdentity>();
  #prepared: Promise<void> | undefined;
  /** Never rejects. */
  #writing: Promise<void> = Promise.resolve();

  constructor(settings: AgentProcessSettings, table: ProcessTable = processTable()) {
    this.#settings = settings;
    this.#table = table;
    const { stateDir } = settings;
    this.home = join(stateDir, 'home');
    this.work = settings.work;
    this.#note = join(stateDir, `gateway-${process.pid}.json`);
  }

  /** Makes them, and ends what gateways that are gone have left. */
  prepare(): Promise<void> {
    this.#prepared ??= this.#prepare().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  /** Its environment: the gateway's without secrets, its own home, and what is meant for it. */
  env(): Record<string, string> {
    const { env, secretVariables, variables, home } = this.#settings;
    const kept = childEnv(env, secretVariables);
    // What an npm script leaves there is about the gateway's package.
    for (const name of Object.keys(kept)) if (/^npm_|^INIT_CWD$/i.test(name)) delete kept[name];
    kept.PWD = this.work;
    if (home === 'user') return { ...kept, ...variables };
    for (const name of HOME_VARIABLES) delete kept[name];
    const own = { HOME: this.home, ...(process.platform === 'win32' && windowsHome(this.home)) };
    return { ...kept, ...own, ...variables };
  }

  async started(pid: number): Promise<void> {
    const startedAt = await this.#table.startedAt(pid).catch(() => undefined);
    this.#started.set(pid, { pid, ...(startedAt !== undefined && { startedAt }) });
    await this.#write();
  }

  async ended(pid: number): Promise<void> {
    if (this.#started.delete(pid)) await this.#write();
  }

  /** Nothing runs any more: the folder it worked in goes, its home stays. */
  async remove(): Promise<void> {
    this.#prepared = undefined;
    this.#started.clear();
    await this.#writing;
    await rm(this.#note, { force: true }).catch(() => undefined);
    if (this.#settings.cwd === undefined) await rm(this.work, { recursive: true, force: true }).catch(() => undefined);
  }

  /** The same at once. */
  removeSync(): void {
    // An end that is heard of later writes no note again.
    this.#prepared = undefined;
    this.#started.clear();
    try {
      rmSync(this.#note, { force: true });
      if (this.#settings.cwd === undefined) rmSync(this.work, { recursive: true, force: true });
    } catch {
      // The next gateway does it.
    }
  }

  async #prepare(): Promise<void> {
    const { stateDir, cwd, home } = this.#settings;
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
    await this.#endLeftovers();
    if (cwd === undefined) {
      await rm(this.work, { recursive: true, force: true });
      await mkdir(this.work, { mode: 0o700 });
    }
    if (home === 'user') return;
    await mkdir(this.home, { recursive: true, mode: 0o700 });
    for (const path of this.#settings.credentials) await this.#link(path);
  }

  /** Linked, also before it is there: a login made later is seen, and one that the agent renews is renewed for all. */
  async #link(path: string): Promise<void> {
    const [own, users] = [join(this.home, path), join(this.#settings.userHome, path)];
    try {
      await lstat(own);
      return;
    } catch {
      // Not there yet.
    }
    try {
      await mkdir(dirname(own), { recursive: true, mode: 0o700 });
      await symlink(users, own);
    } catch (error) {
      this.#settings.logger.warn('The login of the agent’s own tool could not be shared with it', { cause: error });
    }
  }

  async #endLeftovers(): Promise<void> {
    const { stateDir, clock, logger } = this.#settings;
    const names = (await readdir(stateDir)).filter((name) => NOTE.test(name)).slice(0, MAX_NOTES);
    for (const name of names) {
      const gateway = Number(NOTE.exec(name)?.[1]);
      const note = await readNote(join(stateDir, name));
      if (await isSameProcess({ pid: gateway, ...note?.gateway }, this.#table)) continue;
      for (const left of note?.started ?? []) {
        if (left.startedAt !== undefined && (await isSameProcess(left, this.#table))) {
          logger.warn('An agent outlived its gateway: ended', { pid: left.pid });
          await endGroup({ pid: left.pid, clock });
        } else await endOrphans(left.pid, join(stateDir, `work-${gateway}`));
      }
      await rm(join(stateDir, `work-${gateway}`), { recursive: true, force: true }).catch(() => undefined);
      await rm(join(stateDir, name), { force: true });
    }
  }

  /** One after the other: the last one has the last word, and whoever removes the note waits for it. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNow());
    return this.#writing;
  }

  async #writeNow(): Promise<void> {
    // Removed meanwhile.
    if (this.#prepared === undefined) return;
    const startedAt = await this.#table.startedAt(process.pid).catch(() => undefined);
    const gateway = { ...(startedAt !== undefined && { startedAt }) };
    const draft = `${this.#note}.draft`;
    try {
      await writeFile(draft, JSON.stringify({ gateway, started: [...this.#started.values()] }), { mode: 0o600 });
      if (this.#prepared === undefined) await rm(draft, { force: true });
      else await rename(draft, this.#note);
    } catch (error) {
      this.#settings.logger.debug('The note of running agents was not written', { cause: error });
    }
  }
}

/** What leads to the user's own settings and data. */
const HOME_VARIABLES = [
  ...['HOME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA'],
  ...['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'],
];

function windowsHome(home: string): Record<string, string> {
  return { USERPROFILE: home, APPDATA: join(home, 'AppData', 'Roaming'), LOCALAPPDATA: join(home, 'AppData', 'Local') };
}

async function readNote(
  path: string,
): Promise<{ gateway: Partial<ProcessIdentity>; started: readonly ProcessIdentity[] } | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as JsonValue;
    if (!isJsonObject(value)) return undefined;
    const list = Array.isArray(value.started) ? value.started.filter(isJsonObject) : [];
    return { gateway: isJsonObject(value.gateway) ? startOf(value.gateway) : {}, started: list.flatMap(startedOf) };
  } catch {
    return undefined;
  }
}

/** Numbers below stand for groups or for everybody, and 1 is the system's first. */
function startedOf(value: JsonObject): readonly ProcessIdentity[] {
  const { pid } = value;
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 1 ? [{ pid, ...startOf(value) }] : [];
}

function startOf({ startedAt }: JsonObject): Partial<ProcessIdentity> {
  return typeof startedAt === 'string' ? { startedAt } : {};
}
