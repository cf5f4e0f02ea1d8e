import { createHash, randomBytes } from 'node:crypto';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { inWorkDir } from '../connection/ipc-path.js';
import type { JsonObject } from '../json-object.js';
import { readIfPresent, type WorkDir } from './work-dir.js';

/** The account in `cache/user`. */
export interface SimulatedUser {
  readonly name: string;
  readonly id: string;
  readonly accountId: string;
  readonly token: string;
  readonly refreshToken: string;
  /** Milliseconds since the epoch. */
  readonly expireTime: number;
}

type UserBlob = SimulatedUser & { readonly machine: string };

const YEAR_MS = 365 * 24 * 3600 * 1000;

/**
 * Login state, read from `cache/user` every time it is asked for: whoever deletes the file logs the process out, whoever
 * brings one for this machine id logs it in (protocol sections 1.6 and 5.5).
 */
export class LoginState {
  readonly #workDir: WorkDir;
  readonly #log: (line: string) => void;
  /** Signed in, and not written yet. */
  #memory: SimulatedUser | undefined;
  #untoldUntil = 0;
  #cached: { readonly stamp: string; readonly user: SimulatedUser | undefined } | undefined;

  constructor(workDir: WorkDir, log: (line: string) => void) {
    this.#workDir = workDir;
    this.#log = log;
  }

  /** The user, undefined when logged out. */
  user(): SimulatedUser | undefined {
    if (Date.now() < this.#untoldUntil) return undefined;
    if (this.#memory !== undefined) return this.#memory;
    const stamp = fileStamp(this.#workDir.userFile);
    if (this.#cached?.stamp === stamp) return this.#cached.user;
    const user = this.#read();
    this.#cached = { stamp, user };
    return user;
  }

  /** @param late milliseconds until it is told by {@link status}, and until the file is there */
  logIn(late: { readonly statusDelayMs?: number; readonly fileDelayMs?: number } = {}): SimulatedUser {
    const machine = machineMark(this.#workDir.machineId());
    const uid = createHash('sha256').update(`user:${machine}`).digest('hex').slice(0, 16);
    const blob: UserBlob = {
      machine,
      name: 'simulator',
      id: uid,
      accountId: `account-${uid}`,
      token: `pt-${randomBytes(24).toString('hex')}`,
      refreshToken: `rt-${randomBytes(24).toString('hex')}`,
      expireTime: Date.now() + YEAR_MS,
    };
    const { statusDelayMs = 0, fileDelayMs = 0 } = late;
    this.#untoldUntil = Date.now() + statusDelayMs;
    const write = (): void => {
      this.#memory = undefined;
      writeFileSync(this.#workDir.userFile, Buffer.from(JSON.stringify(blob)).toString('base64'), { mode: 0o600 });
      this.#cached = undefined;
    };
    this.#memory = blob;
    if (fileDelayMs > 0) setTimeout(() => this.#memory === blob && write(), fileDelayMs).unref();
    else write();
    return blob;
  }

  logOut(): void {
    this.#memory = undefined;
    rmSync(this.#workDir.userFile, { force: true });
    this.#log('Deleted user info file.');
    this.#cached = undefined;
  }

  /** Result of `auth/status`, protocol section 5.1. */
  status(): JsonObject {
    const user = this.user();
    if (user === undefined) return { ...LOGGED_OUT };
    const { name, id, accountId, token, refreshToken, expireTime } = user;
    return {
      ...{ status: 2, name, id, accountId, token, refreshToken, expireTime },
      ...{ userType: 'personal_standard', whitelist: 3, privacyPolicyAgreed: true, cloudType: 'cloud' },
    };
  }

  #read(): SimulatedUser | undefined {
    const text = readIfPresent(this.#workDir.userFile)?.trim();
    if (text === undefined || text === '') {
      this.#log('No cached user info, please login.');
      return undefined;
    }
    const blob = decodeBlob(text, this.#workDir.machineId());
    if (blob === undefined) {
      this.#log('Unable to decrypt user info. The cached user info does not belong to this machine id.');
      return undefined;
    }
    return blob.expireTime > Date.now() ? blob : undefined;
  }
}

const LOGGED_OUT: JsonObject = {
  ...{ status: 1, name: '', id: '', accountId: '', token: '', refreshToken: '' },
  ...{ expireTime: 0, userType: '', whitelist: 0, privacyPolicyAgreed: false },
};

function machineMark(machineId: string): string {
  return createHash('sha256').update(machineId).digest('hex');
}

/** Undefined when the text is no user of this machine. */
function decodeBlob(text: string, machineId: string): UserBlob | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
    const isUser = typeof value === 'object' && value !== null && 'machine' in value;
    return isUser && value.machine === machineMark(machineId) ? (value as UserBlob) : undefined;
  } catch {
    return undefined;
  }
}

/** The user of a work dir no process of ours runs in; changes nothing there. */
export function peekLogin(workDir: string): SimulatedUser | undefined {
  const user = readIfPresent(inWorkDir(process.platform, workDir, 'cache', 'user'));
  const machineId = readIfPresent(inWorkDir(process.platform, workDir, 'cache', 'id'));
  if (user === undefined || machineId === undefined) return undefined;
  const blob = decodeBlob(user.trim(), machineId.trim());
  return blob !== undefined && blob.expireTime > Date.now() ? blob : undefined;
}

function fileStamp(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs}:${size}:${ino}`;
  } catch {
    return 'none';
  }
}
