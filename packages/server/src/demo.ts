/** The bundled simulator, loaded only when it is wanted. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Demo {
  /** Its WebSocket. */
  readonly address: string;
  stop(): Promise<void>;
}

/** Starts a scripted Lingma on free ports of this machine, in a temporary folder that goes with it. */
export async function startDemo(): Promise<Demo> {
  const { createSimulator } = await import('@lingma-gateway/simulator');
  removeAbandonedFolders();
  const workDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const removeFolder = (): void => rmSync(workDir, { recursive: true, force: true });
  // A second signal ends the process without `stop()`.
  process.once('exit', removeFolder);
  const simulator = createSimulator({ workDir });
  await simulator.start();
  return {
    address: simulator.address.webSocketUrl,
    async stop() {
      await simulator.stop();
      process.off('exit', removeFolder);
      removeFolder();
    },
  };
}

/** Followed by the number of the process whose folder it is. */
const PREFIX = 'lingma-sim-';

/** Folders of processes that were killed and could not remove them. */
function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = /^lingma-sim-(\d+)-/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
