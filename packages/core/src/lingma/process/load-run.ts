/** Processes of our own are started by what is loaded with the first of them. */
import { lateModule } from '../../chat/index.js';

export const runParts = lateModule(() => import('./run-parts.js'));
export type RunParts = Awaited<ReturnType<typeof runParts.load>>;

/** Whether a gateway that lives has the folder. */
export async function isWorkDirHeld(workDir: string): Promise<boolean> {
  const { isWorkDirHeld: isHeld } = runParts.loaded ?? (await runParts.load());
  return isHeld(workDir);
}
