/** The commands: their flags at hand for help and checks, their code loaded only when they run. */
import type { Flag } from '../settings/command-line.js';
import { configFlag, settingFlags } from '../settings/setting-flags.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

export type CommandName =
  | 'serve'
  | 'models'
  | 'chat'
  | 'doctor'
  | 'config'
  | 'bootstrap'
  | 'login'
  | 'logout'
  | 'session'
  | 'keys'
  | 'usage'
  | 'channels'
  | 'import';

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
  keys: {
    takesWords: true,
    flags: (terminal) => {
      const { help } = terminal.text;
      return [
        value('models', 'name,name', help.keyModels),
        value('endpoints', 'name,name', help.keyEndpoints),
        value('quota', 'tokens', help.keyQuota),
        value('period', 'none|day|month', help.keyPeriod),
        value('expires', 'time', help.keyExpires),
        value('subnets', 'range,range', help.keySubnets),
        value('note', 'text', help.keyNote),
        { name: 'pin', kind: 'switch', description: help.keyPin },
        jsonFlag(help.json),
        ...dataFlags(terminal),
      ];
    },
    load: async () => (await import('./keys.js')).keys,
  },
  usage: {
    takesWords: false,
    flags: (terminal) => {
      const { help } = terminal.text;
      return [
        value('from', 'day', help.usageFrom),
        value('to', 'day', help.usageTo),
        value('group', 'day|key|model|channel', help.usageGroup),
        value('format', 'table|json|csv', help.usageFormat),
        jsonFlag(help.json),
        ...dataFlags(terminal),
      ];
    },
    load: async () => (await import('./usage.js')).usage,
  },
  channels: {
    takesWords: true,
    flags: (terminal) => [
      value('model', 'name', terminal.text.help.channelModel),
      jsonFlag(terminal.text.help.json),
      ...settingFlags(terminal, 'server').filter(({ name }) => name === 'port' || name === 'host'),
      configFlag(terminal),
    ],
    load: async () => (await import('./channels.js')).channels,
  },
  import: {
    takesWords: true,
    flags: (terminal) => [value('out', 'file', terminal.text.help.importOut), ...dataFlags(terminal)],
    load: async () => (await import('./import.js')).importFrom,
  },
  login: {
    takesWords: false,
    flags: (terminal) => [
      instanceFlag(terminal),
      { name: 'paste', kind: 'switch', description: terminal.text.help.paste },
      { name: 'headed', kind: 'switch', description: terminal.text.help.headed },
      { name: 'force', kind: 'switch', description: terminal.text.help.force },
      ...clientFlags(terminal),
    ],
    load: async () => (await import('./login.js')).login,
  },
  logout: {
    takesWords: false,
    flags: (terminal) => [instanceFlag(terminal), ...clientFlags(terminal)],
    load: async () => (await import('./logout.js')).logout,
  },
  session: {
    takesWords: true,
    flags: (terminal) => [
      instanceFlag(terminal),
      { name: 'out', kind: 'value', valueHint: 'file', description: terminal.text.help.out },
      { name: 'in', kind: 'value', valueHint: 'file', description: terminal.text.help.in },
      ...clientFlags(terminal),
    ],
    load: async () => (await import('./session.js')).session,
  },
  bootstrap: {
    takesWords: false,
    flags: (terminal) => bootstrapFlags(terminal),
    load: async () => (await import('./bootstrap.js')).bootstrap,
  },
};

const instanceFlag = ({ text }: Terminal): Flag => ({
  name: 'instance',
  kind: 'value',
  valueHint: 'name',
  description: text.help.instance,
});

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

const value = (name: string, valueHint: string, description: string): Flag => ({
  name,
  kind: 'value',
  valueHint,
  description,
});

/** For commands that look into the data folder. */
const dataFlags = (terminal: Terminal): readonly Flag[] => [
  ...settingFlags(terminal, 'lingma').filter(({ name }) => name === 'data-dir'),
  configFlag(terminal),
];
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
