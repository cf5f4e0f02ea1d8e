import { resolve } from 'node:path';
import { PendingLogins } from './login/pending-logins.js';
import type { Simulator, SimulatorOptions } from './options.js';
import { FaultCounter } from './process/fault-counter.js';
import { LoginState } from './process/login-state.js';
import { DEFAULT_MODELS } from './process/model-catalog.js';
import { type ProcessLifecycle, startProcess } from './process/process-lifecycle.js';
import { type Lingma, notifyAll } from './process/process-state.js';
import { resolveSwitches } from './process/profiles.js';
import { SessionStore } from './process/session-store.js';
import { openLog, type SimulatorLog } from './process/simulator-log.js';
import { StatsRecorder } from './process/stats.js';
import type { Switches } from './process/switch-table.js';
import { makeTemporaryDir, removeTemporaryDir } from './process/temporary-dir.js';
import { openWorkDir, readIfPresent } from './process/work-dir.js';
import { PendingToolCalls } from './turn/pending-tool-calls.js';

/** What lives from a start to the end of that run. */
interface Running {
  readonly lingma: Lingma;
  readonly log: SimulatorLog;
  readonly run: ProcessLifecycle;
}

/**
 * A scripted Lingma process: it speaks the local protocol on a WebSocket and a socket, answers what `@sim` directives in
 * the prompts tell it to, and can be switched to every way the real process might behave.
 */
export function createSimulator(options: SimulatorOptions = {}): Simulator {
  const recorder = new StatsRecorder();
  const switches: { -readonly [Name in keyof Switches]: Switches[Name] } = resolveSwitches(options.profile, {
    ...options,
  });
  let models = options.models ?? DEFAULT_MODELS;
  let running: Running | undefined;
  let temporaryDir: string | undefined;

  const begin = async (): Promise<Running> => {
    if (options.workDir === undefined) temporaryDir ??= makeTemporaryDir();
    // The socket's path is told to others, who may stand in another folder.
    const workDir = openWorkDir(resolve(options.workDir ?? (temporaryDir as string)), options.machineId);
    const log = openLog(workDir.logFile, options.logger);
    const login = new LoginState(workDir, log.write);
    if (workDir.isNew && !switches.loggedOut && !readIfPresent(workDir.userFile)) login.logIn();
    const lingma: Lingma = {
      ...{ switches, recorder, workDir, login, log: log.write, models: () => models, ports: { http: 0 } },
      ...{ logins: new PendingLogins(), service: { endpoint: options.endpoint ?? '' } },
      sessions: new SessionStore(() => {
        recorder.stats.sessionsDeleted += 1;
      }),
      faults: new FaultCounter(workDir.faultsFile),
      tools: new PendingToolCalls(),
      clients: new Set(),
      turns: new Map(),
      // A moment later: what was said before still has to leave.
      die: () => void setTimeout(() => void simulator.kill(), 10),
    };
    recorder.stats.sessionsOpen = 0;
    try {
      const ports = { port: options.port ?? 0, httpPort: options.httpPort ?? 0, socketPath: options.socketPath };
      return { lingma, log, run: await startProcess(lingma, ports) };
    } catch (cause) {
      await log.close();
      throw cause;
    }
  };

  const current = (): Running => {
    if (running === undefined) throw new Error('The simulator is not running');
    return running;
  };

  const simulator: Simulator = {
    stats: recorder.stats,
    switches,
    get address() {
      return current().run.address;
    },
    async start() {
      if (running !== undefined) return;
      if (switches.slowStartMs > 0) await new Promise((done) => setTimeout(done, switches.slowStartMs));
      if (switches.failStart) throw new Error('failed to start communication servers');
      running = await begin();
    },
    async stop() {
      const ended = running;
      running = undefined;
      if (ended !== undefined) {
        await ended.run.end();
        await ended.log.close();
      }
      if (temporaryDir !== undefined) removeTemporaryDir(temporaryDir);
      temporaryDir = undefined;
    },
    async kill() {
      const ended = running;
      if (ended === undefined) return;
      running = undefined;
      options.onDie?.();
      await ended.run.crash();
      await ended.log.close();
    },
    dropConnections() {
      for (const client of running?.lingma.clients ?? []) client.cut(switches.cut === 'mid-frame');
    },
    push: (method, params = {}) => notifyAll(current().lingma, method, params),
    sendRaw(bytes) {
      for (const client of current().lingma.clients) client.sendRaw(Buffer.from(bytes));
    },
    setLoggedIn(loggedIn) {
      const { lingma } = current();
      if (loggedIn) lingma.login.logIn();
      else lingma.login.logOut();
      notifyAll(lingma, 'auth/report', lingma.login.status());
      notifyAll(lingma, 'model/refresh', {});
      notifyAll(lingma, 'config/refreshModels', {});
    },
    forgetSessions() {
      const { sessions } = current().lingma;
      recorder.stats.sessionsDeleted += sessions.size;
      recorder.stats.sessionsOpen = 0;
      sessions.clear();
    },
    setModels(next) {
      models = next;
      if (running !== undefined) notifyAll(running.lingma, 'model/refresh', {});
    },
    setSwitches(changes) {
      Object.assign(switches, changes);
    },
  };
  return simulator;
}
