import { type CommandLine, CommandLineError, helpText, parseCommandLine } from './command-line.js';
import { peekLogin } from './login-state.js';
import { defaultPortOf, resolveSwitches } from './profiles.js';
import { createSimulator } from './simulator.js';

/** The executable `lingma-simulator`: the real program's command line (protocol section 1.4) on top of `createSimulator`. */

async function main(args: readonly string[]): Promise<void> {
  const line = parseCommandLine(args);
  const { serverVersion } = resolveSwitches(line.profile, line.switches);
  switch (line.command) {
    case 'help':
      process.stdout.write(helpText());
      return;
    case 'version':
      process.stdout.write(`version: ${serverVersion}\n`);
      return;
    case 'status':
      printStatus(line, serverVersion);
      return;
    case 'start':
      await start(line);
  }
}

function printStatus({ workDir, output }: CommandLine, version: string): void {
  const user = peekLogin(workDir as string);
  const status =
    user === undefined
      ? { logged_in: false, version }
      : { logged_in: true, username: user.name, user_type: 'personal_standard', version };
  const text = Object.entries(status).map(([key, value]) => `${key}: ${value}`);
  process.stdout.write(`${output === 'json' ? JSON.stringify(status) : text.join('\n')}\n`);
}

async function start(line: CommandLine): Promise<void> {
  const simulator = createSimulator({
    ...line.switches,
    ...(line.profile === undefined ? {} : { profile: line.profile }),
    ...(line.socketPath === undefined ? {} : { socketPath: line.socketPath }),
    workDir: line.workDir as string,
    port: line.socketPort ?? defaultPortOf(line.profile),
    httpPort: line.httpPort ?? 37510,
    logger: (text) => process.stderr.write(`${text}\n`),
    onDie: () => process.exit(1),
  });
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    void simulator.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await simulator.start();
}

main(process.argv.slice(2)).catch((cause: unknown) => {
  const text = cause instanceof Error ? cause.message : String(cause);
  process.stderr.write(`${text}\n`);
  if (cause instanceof CommandLineError) process.stderr.write('Run lingma-simulator --help for all flags.\n');
  process.exit(cause instanceof CommandLineError ? 2 : 1);
});
