import { spawn } from 'node:child_process';
import { runCommand } from './command/run-command.js';

/** Entry of the executables `lingma-simulator` and `Lingma`. */
const { argv, env, stdout, stderr } = process;
const extra = (env.LINGMA_SIMULATOR_ARGS ?? '').split(/\s+/).filter((word) => word !== '');

// Whoever has started it may be gone; it lives on, as the real one may.
for (const stream of [stdout, stderr]) stream.on('error', () => undefined);

await runCommand([...argv.slice(2), ...extra], {
  out: (text) => stdout.write(text),
  err: (text) => stderr.write(text),
  exit: (code) => process.exit(code),
  onStopSignal(listener) {
    process.on('SIGTERM', listener);
    process.on('SIGINT', listener);
  },
  env,
  flush: (text) => new Promise((resolve) => stdout.write(text, () => resolve())),
  startHelper() {
    const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)";
    return spawn(process.execPath, ['-e', stubborn], { stdio: 'inherit' }).pid ?? 0;
  },
});
