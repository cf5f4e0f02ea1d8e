/** What starting a process, watching and ending it takes; loaded as one with the first start (`load-run.ts`). */
export { ProcessOutput } from './output/process-output.js';
export { OWNERSHIP_FILE } from './ownership.js';
export { adoptRun, spawnRun } from './start-run.js';
export { wrongFormat } from './system/check-binary.js';
export { processTable } from './system/process-table.js';
export { isWorkDirHeld, LOCK_FILE, lockWorkDir } from './work-dir-lock.js';
