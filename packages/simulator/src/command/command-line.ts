import { isProfileName, PROFILE_NAMES, type ProfileName } from '../process/profiles.js';
import { flagName, SWITCH_TABLE, type Switches, type SwitchRow } from '../process/switch-table.js';
import { DEFAULT_PROGRAM_SWITCHES, PROGRAM_SWITCHES, type ProgramSwitches } from './program-switches.js';

/** A parsed command line. */
export interface CommandLine {
  readonly command: 'start' | 'version' | 'status' | 'help';
  readonly workDir: string | undefined;
  readonly socketPort: number | undefined;
  readonly httpPort: number | undefined;
  readonly socketPath: string | undefined;
  readonly endpoint: string | undefined;
  readonly output: 'json' | 'text';
  readonly profile: ProfileName | undefined;
  readonly switches: Partial<Switches>;
  readonly program: ProgramSwitches;
}

/** What is wrong with a command line, in words for its user. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
}

/** Flags of the real program, section 1.4. Those marked `ignored` are taken and do nothing. */
const PROGRAM_FLAGS = {
  workDir: { value: 'DIR', doc: 'state folder; one process per folder' },
  socketPort: { value: 'N', doc: 'WebSocket port; a taken one gives way to the next' },
  httpPort: { value: 'N', doc: 'HTTP port (37510)' },
  socketPath: { value: 'PATH', doc: 'Unix socket or named pipe instead of the one in the work dir' },
  profile: { value: 'NAME', doc: `preset of switches: ${PROFILE_NAMES.join(', ')}` },
  o: { value: 'json|text', doc: 'output of status' },
  transportType: { value: 'T', doc: 'ignored' },
  endpoint: { value: 'URL', doc: 'service that is signed in to; see --dedicated-domain' },
  copyDataDir: { value: 'DIR', doc: 'ignored' },
  startupId: { value: 'ID', doc: 'ignored' },
} as const;

type ProgramFlag = keyof typeof PROGRAM_FLAGS;

const COMMANDS: readonly string[] = ['start', 'version', 'status', 'help'];
/** Flags of both tables, by their names without dashes. */
const SWITCHES_BY_FLAG = new Map<string, readonly [name: string, row: SwitchRow]>(
  Object.entries({ ...SWITCH_TABLE, ...PROGRAM_SWITCHES }).map(([name, row]) => [flagName(name), [name, row]]),
);

/** @throws CommandLineError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const values: Partial<Record<ProgramFlag, string>> = {};
  const switches: Record<string, string | number | boolean> = {};
  const program: Record<string, string | number | boolean> = {};
  let command: string | undefined;
  const rest = [...args];
  while (rest.length > 0) {
    const arg = rest.shift() as string;
    if (arg === '--help' || arg === '-h') return { ...EMPTY, command: 'help' };
    if (!arg.startsWith('-')) {
      if (command !== undefined) throw new CommandLineError(`unexpected argument: ${arg}`);
      command = arg;
      continue;
    }
    const [flag, inline] = splitFlag(arg);
    if (Object.hasOwn(PROGRAM_FLAGS, flag)) {
      values[flag as ProgramFlag] = inline ?? takeValue(flag, rest);
      continue;
    }
    const negated = flag.startsWith('no-') ? SWITCHES_BY_FLAG.get(flag.slice(3)) : undefined;
    const found = SWITCHES_BY_FLAG.get(flag) ?? negated;
    if (found === undefined) throw new CommandLineError(`unknown flag: ${arg}`);
    const [name, row] = found;
    const target = Object.hasOwn(PROGRAM_SWITCHES, name) ? program : switches;
    target[name] = negated === undefined ? switchValue(row, flag, inline, rest) : false;
  }
  return assemble(command, values, switches as Partial<Switches>, program as Partial<ProgramSwitches>);
}

const EMPTY: CommandLine = {
  ...{ command: 'help', output: 'text', switches: {}, profile: undefined, program: DEFAULT_PROGRAM_SWITCHES },
  ...{ workDir: undefined, socketPort: undefined, httpPort: undefined, socketPath: undefined, endpoint: undefined },
};

function assemble(
  command: string | undefined,
  values: Partial<Record<ProgramFlag, string>>,
  switches: Partial<Switches>,
  program: Partial<ProgramSwitches>,
): CommandLine {
  if (command === undefined || !COMMANDS.includes(command)) {
    throw new CommandLineError(command === undefined ? 'no command given' : `unknown command: ${command}`);
  }
  if (values.profile !== undefined && !isProfileName(values.profile)) {
    throw new CommandLineError(`unknown profile: ${values.profile}; known: ${PROFILE_NAMES.join(', ')}`);
  }
  if ((command === 'start' || command === 'status') && !values.workDir) {
    throw new CommandLineError(`${command} needs --workDir DIR`);
  }
  return {
    command: command as CommandLine['command'],
    workDir: values.workDir,
    socketPort: portValue('socketPort', values.socketPort),
    httpPort: portValue('httpPort', values.httpPort),
    socketPath: values.socketPath,
    endpoint: values.endpoint,
    output: values.o === 'json' ? 'json' : 'text',
    profile: values.profile as ProfileName | undefined,
    switches,
    program: { ...DEFAULT_PROGRAM_SWITCHES, ...program },
  };
}

function splitFlag(arg: string): [flag: string, inline: string | undefined] {
  const flag = arg.replace(/^--?/, '');
  const equals = flag.indexOf('=');
  return equals === -1 ? [flag, undefined] : [flag.slice(0, equals), flag.slice(equals + 1)];
}

function takeValue(flag: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined) throw new CommandLineError(`--${flag} needs a value`);
  return value;
}

function switchValue(
  row: SwitchRow,
  flag: string,
  inline: string | undefined,
  rest: string[],
): string | number | boolean {
  if (row.kind === 'boolean') {
    // `--flag`, `--flag=false` and `--flag false` all mean what they say.
    const text = inline ?? (rest[0] === 'true' || rest[0] === 'false' ? (rest.shift() as string) : 'true');
    if (text !== 'true' && text !== 'false') throw new CommandLineError(`--${flag} is true or false, not ${text}`);
    return text === 'true';
  }
  const text = inline ?? takeValue(flag, rest);
  if (row.kind === 'string') return text;
  if (row.kind === 'integer') {
    if (!/^\d{1,9}$/.test(text)) throw new CommandLineError(`--${flag} is a whole number, not ${text}`);
    return Number(text);
  }
  if (!row.choices.includes(text))
    throw new CommandLineError(`--${flag} is one of ${row.choices.join(', ')}, not ${text}`);
  return text;
}

function portValue(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new CommandLineError(`--${flag} is a port number, not ${text}`);
  return port;
}

/** Text of `--help`, from the same tables the parser reads. */
export function helpText(): string {
  const program = Object.entries(PROGRAM_FLAGS).map(
    ([flag, { value, doc }]) => [`${flag === 'o' ? '-o' : `--${flag}`} ${value}`, doc] as const,
  );
  const rows = Object.entries<SwitchRow>({ ...SWITCH_TABLE, ...PROGRAM_SWITCHES }).map(([name, row]) => {
    const values = {
      choice: row.kind === 'choice' ? ` ${row.choices.join('|')}` : '',
      boolean: '',
      integer: ' N',
      string: ' TEXT',
    };
    return [`--${flagName(name)}${values[row.kind]}`, `${row.doc} (${String(row.fallback) || 'empty'})`] as const;
  });
  const table = (lines: readonly (readonly [string, string])[]): string =>
    lines.map(([flag, doc]) => `  ${flag.padEnd(34)} ${doc}`).join('\n');
  return [
    'lingma-simulator: a scripted stand-in for the Lingma process.',
    '',
    'Usage:',
    '  lingma-simulator start --workDir DIR [--socketPort N] [--httpPort N] [switches]',
    '  lingma-simulator status -o json --workDir DIR',
    '  lingma-simulator version',
    '',
    'Flags:',
    table(program),
    '',
    'Switches (defaults in brackets; booleans also as --no-NAME):',
    table(rows),
    '',
  ].join('\n');
}
