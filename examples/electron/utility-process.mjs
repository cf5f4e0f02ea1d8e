/** The gateway in a process of its own, seen from the app's main process. */
import { fileURLToPath } from 'node:url';

/** Milliseconds after its grace in which the process has to be gone. */
const EXIT_MS = 2_000;

export function runInUtilityProcess({ utilityProcess }, options) {
  const script = fileURLToPath(new URL('utility-entry.mjs', import.meta.url));
  const child = utilityProcess.fork(script, [JSON.stringify(options)], { serviceName: 'Lingma Gateway' });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return {
    connect: (port) => child.postMessage({ type: 'connect' }, [port]),
    async close(graceMs) {
      child.postMessage({ type: 'close', graceMs });
      const late = setTimeout(() => child.kill(), graceMs + EXIT_MS);
      await exited;
      clearTimeout(late);
    },
  };
}
