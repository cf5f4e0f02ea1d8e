import type { SimulatedModel } from './process/model-catalog.js';
import type { ProfileName } from './process/profiles.js';
import type { SimulatorStats } from './process/stats.js';
import type { Switches } from './process/switch-table.js';

/** Options of `createSimulator`: where it listens and lives, and every switch of SWITCH_TABLE by its name. */
export interface SimulatorOptions extends Partial<Switches> {
  /** Preset of switches; single switches given beside it win. */
  readonly profile?: ProfileName;
  /** WebSocket port; 0 (the default) = any free one. A taken one gives way to the next. */
  readonly port?: number;
  /** HTTP port; 0 (the default) = any free one. */
  readonly httpPort?: number;
  /** Unix socket or named pipe; default: in the work dir, or by the product's pipe name on Windows. */
  readonly socketPath?: string;
  /** State folder; default: a temporary one, removed on `stop()`. */
  readonly workDir?: string;
  /** `cache/id` of a new work dir; default: made from the host name. */
  readonly machineId?: string;
  readonly models?: readonly SimulatedModel[];
  /** The service that is signed in to (`--endpoint`). */
  readonly endpoint?: string;
  /** Gets every line of the process's log. */
  readonly logger?: (line: string) => void;
  /** Called when a `dieAfterChunks` directive or `kill()` is about to end the process the hard way. */
  readonly onDie?: () => void;
}

/** Where a started simulator can be reached. All on this machine. */
export interface SimulatorAddress {
  readonly webSocketUrl: string;
  readonly webSocketPort: number;
  /** Unix socket or named pipe. */
  readonly socketPath: string;
  readonly httpPort: number;
  readonly workDir: string;
}

/** A scripted Lingma process inside this one. */
export interface Simulator {
  /** Listens. Rejects with `failStart`. May be called again after `stop()` or `kill()`. */
  start(): Promise<void>;
  /** Ends turns and connections, removes the discovery files and a temporary work dir. */
  stop(): Promise<void>;
  /** Ends like a crash: connections cut, turns dropped, discovery files left behind. */
  kill(): Promise<void>;
  /** @throws Error before `start()` */
  readonly address: SimulatorAddress;
  /** Live counters; the object stays the same over restarts. */
  readonly stats: SimulatorStats;
  readonly switches: Switches;
  /** Cuts all connections; the process goes on. */
  dropConnections(): void;
  /** A notification to every initialized client, such as `model/refresh`. */
  push(method: string, params?: object): void;
  /** Bytes to every client as they are: what a broken process might send. */
  sendRaw(bytes: Uint8Array): void;
  /** Writes or removes `cache/user` and tells the clients (`auth/report`, `model/refresh`). */
  setLoggedIn(loggedIn: boolean): void;
  /** Forgets all sessions, as if they had been deleted by somebody else. */
  forgetSessions(): void;
  /** Replaces the model list and sends `model/refresh`. */
  setModels(models: readonly SimulatedModel[]): void;
  /** Changes switches of the running process; identity, framing and listening keep what they were started with. */
  setSwitches(switches: Partial<Switches>): void;
}
