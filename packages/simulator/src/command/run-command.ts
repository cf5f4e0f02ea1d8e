import { createOpenAiUpstream, type OpenAiUpstream } from '../openai-upstream/openai-upstream.js';
import { peekLogin } from '../process/login-state.js';
import { defaultPortOf, resolveSwitches } from '../process/profiles.js';
import { createSimulator } from '../simulator.js';
import { type CommandLine, CommandLineError, helpText, parseCommandLine } from './command-line.js';

/** What a command needs of the process it runs in. */
export interface CommandHost {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly exit: (code: number) => void;
  /** Registers what SIGTERM and SIGINT do. */
  readonly onStopSignal: (listener: () => void) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the text has left the process. */
  readonly flush: (text: string) => Promise<void>;
  /** Starts a process in the same group that goes on after SIGTERM. Returns its pid. */
  readonly startHelper: () => number;
}

const DEFAULT_HTTP_PORT = 37510;

/** The real program's command line (protocol section 1.4) on top of `createSimulator`. `start` returns once it listens. */
export async function runCommand(args: readonly string[], host: CommandHost): Promise<void> {
  try {
    const line = parseCommandLine(args);
    const { serverVersion } = resolveSwitches(line.profile, line.switches);
    if (line.command === 'help') host.out(helpText());
    else if (line.command === 'version') host.out(`version: ${serverVersion}\n`);
    else if (line.command === 'status') host.out(statusText(line, serverVersion));
    else await start(line, host);
  } catch (cause) {
    host.err(`${cause instanceof Error ? cause.message : String(cause)}\n`);
    if (!(cause instanceof CommandLineError)) return host.exit(1);
    host.err('Run lingma-simulator --help for all flags.\n');
    host.exit(2);
  }
}

function statusText({ workDir, output }: CommandLine, version: string): string {
  const user = peekLogin(workDir as string);
  const status =
    user === undefined
      ? { logged_in: false, version }
      : { logged_in: true, username: user.name, user_type: 'personal_standard', version };
  const text = Object.entries(status).map(([key, value]) => `${key}: ${value}`);
  return `${output === 'json' ? JSON.stringify(status) : text.join('\n')}\n`;
}

const MAX_UPSTREAMS = 64;
const PRINT_CHUNK = 64 * 1024;
const PRINT_LINE = `${'x'.repeat(99)}\n`;

async function start(line: CommandLine, host: CommandHost): Promise<void> {
  const { program } = line;
  if (program.printEnv)
    host.out(
      Object.entries(host.env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
  if (program.exitAtOnce > 0) return host.exit(program.exitAtOnce);
  if (program.helper) host.err(`helper process ${host.startHelper()}\n`);
  for (let left = program.printBytes; left > 0; left -= PRINT_CHUNK) {
    await host.flush(PRINT_LINE.repeat(PRINT_CHUNK / PRINT_LINE.length + 1).slice(0, Math.min(left, PRINT_CHUNK)));
  }
  const simulator = createSimulator({
    ...line.switches,
    ...(line.profile === undefined ? {} : { profile: line.profile }),
    ...(line.socketPath === undefined ? {} : { socketPath: line.socketPath }),
    ...(line.endpoint === undefined ? {} : { endpoint: line.endpoint }),
    workDir: line.workDir as string,
    port: line.socketPort ?? defaultPortOf(line.profile),
    httpPort: line.httpPort ?? DEFAULT_HTTP_PORT,
    logger: (text) => host.err(`${text}\n`),
    onDie: () => host.exit(1),
  });
  const upstreams: OpenAiUpstream[] = [];
  let stopping = false;
  host.onStopSignal(() => {
    if (program.ignoreTerm) return;
    // A second signal means: now.
    if (stopping) return host.exit(1);
    stopping = true;
    const ending = [simulator, ...upstreams].map((each) => each.stop());
    void Promise.all(ending).then(() => host.exit(0));
  });
  await simulator.start();
  for (let count = 0; count < Math.min(program.upstream, MAX_UPSTREAMS); count++) {
    const upstream = await createOpenAiUpstream();
    upstreams.push(upstream);
    host.out(`upstream: ${upstream.url}\n`);
  }
}
