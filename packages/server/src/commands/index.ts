/** The commands: their flags at hand for help and checks, their code loaded only when they run. */
import type { Flag } from '../command-line.js';
import { configFlag, settingFlags } from '../setting-flags.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

export type CommandName = 'serve' | 'models' | 'chat' | 'doctor' | 'config' | 'bootstrap';

export interface Command {
  readonly takesWords: boolean;
  /** Beside `--help` and `--version`. */
  readonly flags: (terminal: Terminal) => readonly Flag[];
  readonly load: () => Promise<RunCommand>;
}

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  serve: {
    takesWords: false,
    flags: (terminal) => [...settingFlags(terminal), configFlag(terminal)],
    load: async () => (await import('./serve.js')).serve,
  },
  models: {
    takesWords: false,
    flags: (terminal) => [jsonFlag(terminal.text.help.json), ...clientFlags(terminal)],
    load: async () => (await import('./models.js')).models,
  },
  chat: {
    takesWords: true,
    flags: (terminal) => [
      { name: 'system', kind: 'value', valueHint: 'text', description: terminal.text.help.system },
      ...clientFlags(terminal),
    ],
    load: async () => (await import('./chat.js')).chat,
  },
  doctor: {
    takesWords: false,
    flags: (terminal) => [jsonFlag(terminal.text.help.jsonDoctor), ...clientFlags(terminal)],
    load: async () => (await import('./doctor.js')).doctor,
  },
  config: {
    takesWords: false,
    flags: (terminal) => [jsonFlag(terminal.text.help.json), ...settingFlags(terminal), configFlag(terminal)],
    load: async () => (await import('./config.js')).config,
  },
  bootstrap: {
    takesWords: false,
    flags: (terminal) => bootstrapFlags(terminal),
    load: async () => (await import('./bootstrap.js')).bootstrap,
  },
};

export function commandFlags(name: CommandName, terminal: Terminal): readonly Flag[] {
  const { help } = terminal.text;
  const own = COMMANDS[name].flags(terminal);
  const version: Flag = {
    ...{ name: 'version', short: 'v', kind: 'switch' },
    ...{ description: help.showVersion, group: help.otherFlags },
  };
  return [
    ...own,
    { name: 'help', short: 'h', kind: 'switch', description: help.showHelp, group: help.otherFlags },
    ...(own.some((flag) => flag.name === 'version') ? [] : [version]),
  ];
}

/** Every flag of any command: what may stand before the command's name. */
export const allFlags = (terminal: Terminal): readonly Flag[] =>
  (Object.keys(COMMANDS) as CommandName[]).flatMap((name) => commandFlags(name, terminal));

const jsonFlag = (description: string): Flag => ({ name: 'json', kind: 'switch', description });

function bootstrapFlags(terminal: Terminal): readonly Flag[] {
  const { help, bootstrap } = terminal.text;
  const shared = new Map(settingFlags(terminal).map((flag) => [flag.name, flag]));
  return [
    { name: 'force', kind: 'switch', description: bootstrap.force },
    { name: 'version', kind: 'value', valueHint: 'version', description: bootstrap.version },
    { name: 'platform', kind: 'value', valueHint: 'name', description: bootstrap.platform },
    { name: 'from', kind: 'value', valueHint: 'file|url', description: bootstrap.from },
    jsonFlag(help.json),
    ...['data-dir', 'log-level', 'log-format'].flatMap((name) => shared.get(name) ?? []),
    configFlag(terminal),
    ...settingFlags(terminal, 'bootstrap'),
  ];
}

/** For commands that ask Lingma, or a gateway that runs on this host and port. */
function clientFlags(terminal: Terminal): readonly Flag[] {
  const { help } = terminal.text;
  const descriptions: Readonly<Record<string, string>> = {
    port: `${help.gatewayPort} (LINGMA_GATEWAY_PORT)`,
    host: `${help.gatewayHost} (LINGMA_GATEWAY_HOST)`,
    demo: `${help.demo} (LINGMA_GATEWAY_DEMO)`,
    'log-level': help.logLevel,
  };
  const server = new Map(settingFlags(terminal, 'server').map((flag) => [flag.name, flag]));
  const taken = ['port', 'host', 'demo', 'log-level', 'log-format'].flatMap((name) => server.get(name) ?? []);
  return [
    ...taken.map((flag) => ({ ...flag, description: descriptions[flag.name] ?? flag.description })),
    configFlag(terminal),
    ...settingFlags(terminal, 'lingma', 'models'),
  ];
}
