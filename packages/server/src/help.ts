/** `--help`: examples first, then the flags that most people need, then the rest in groups; wrapped to the terminal. */

import { COMMANDS, type CommandName, commandFlags } from './commands/index.js';
import type { Flag } from './settings/command-line.js';
import { displayWidth } from './terminal/table.js';
import type { Terminal } from './terminal/terminal.js';

const DEFAULT_WIDTH = 100;
const INDENT = 6;

type ExampleName = keyof Terminal['text']['help']['exampleTexts'];

const EXAMPLES: Readonly<Record<CommandName, readonly (readonly [line: string, text: ExampleName])[]>> = {
  serve: [
    ['lingma-gateway', 'serve'],
    ['lingma-gateway -p 9000', 'port'],
    ['LINGMA_GATEWAY_API_KEYS=key-one lingma-gateway --host 0.0.0.0', 'keys'],
    ['lingma-gateway --ws-url ws://127.0.0.1:36510/', 'address'],
  ],
  models: [
    ['lingma-gateway models', 'models'],
    ['lingma-gateway models --json', 'json'],
  ],
  chat: [
    ['lingma-gateway chat "Hello"', 'chat'],
    ['lingma-gateway chat --system "Explain briefly" < main.c', 'pipe'],
    ['lingma-gateway chat --demo "Hello"', 'demo'],
  ],
  doctor: [
    ['lingma-gateway doctor', 'doctor'],
    ['lingma-gateway doctor --json', 'json'],
  ],
  config: [['lingma-gateway config', 'config']],
  keys: [
    ['lingma-gateway keys init', 'keysInit'],
    ['lingma-gateway keys add alice --quota 1000000 --period month', 'keysAdd'],
    ['lingma-gateway keys rotate alice', 'keysRotate'],
  ],
  import: [['lingma-gateway import one-api ./one-api.db', 'import']],
  usage: [
    ['lingma-gateway usage --group key', 'usage'],
    ['lingma-gateway usage --from 2026-11-01 --format csv', 'usageCsv'],
  ],
  channels: [
    ['lingma-gateway channels', 'channels'],
    ['lingma-gateway channels test one-api --model qwen3.5-plus', 'channelsTest'],
    ['lingma-gateway channels disable one-api', 'channelsDisable'],
  ],
  login: [
    ['lingma-gateway login', 'login'],
    ['lingma-gateway login --paste', 'paste'],
  ],
  logout: [['lingma-gateway logout --instance inst-0', 'logout']],
  session: [
    ['lingma-gateway session export --out login.b64', 'sessionExport'],
    ['lingma-gateway session import --in login.b64', 'sessionImport'],
  ],
  bootstrap: [
    ['lingma-gateway bootstrap', 'bootstrap'],
    ['lingma-gateway bootstrap --from tongyi-lingma.vsix', 'bootstrapFile'],
  ],
};

/** What the command does, how it is called, and every flag. */
export function renderHelp(name: CommandName, terminal: Terminal): string {
  const { text, style } = terminal;
  const words = COMMANDS[name].takesWords ? ` ${text.help.textWord}` : '';
  return paragraphs(
    text.commands[name],
    `${style.bold(text.help.usage)} lingma-gateway ${name} ${text.help.flagsWord}${words}`,
    exampleLines(EXAMPLES[name], terminal),
    ...flagGroups(commandFlags(name, terminal), terminal),
  );
}

/** All commands, and the common flags of the one that runs when none is named. */
export function renderOverview(terminal: Terminal): string {
  const { text, style } = terminal;
  const commands = Object.keys(COMMANDS).map(
    (name) => `  ${style.cyan(name.padEnd(9))} ${text.commands[name as CommandName]}`,
  );
  const examples = [...EXAMPLES.serve.slice(0, 2), ...EXAMPLES.chat.slice(0, 1), ...EXAMPLES.doctor.slice(0, 1)];
  const common = commandFlags('serve', terminal).filter(
    ({ group }) => group === undefined || group === text.help.otherFlags,
  );
  return paragraphs(
    text.help.title,
    `${style.bold(text.help.usage)} ${text.help.overviewLine}`,
    exampleLines(examples, terminal),
    [style.bold(text.help.commands), '', ...commands].join('\n'),
    ...flagGroups(common, terminal),
    text.help.allFlags,
  );
}

const paragraphs = (...parts: readonly string[]): string => `${parts.join('\n\n')}\n`;

function exampleLines(examples: (typeof EXAMPLES)[CommandName], { text, style }: Terminal): string {
  const widest = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, name]) => `  ${line.padEnd(widest)}  ${style.dim(text.help.exampleTexts[name])}`);
  return [style.bold(text.help.examples), '', ...lines].join('\n');
}

function flagGroups(flags: readonly Flag[], terminal: Terminal): string[] {
  const { text, style } = terminal;
  const shown = flags.filter(({ hidden }) => hidden !== true);
  const titles = [...new Set(shown.map(({ group }) => group ?? text.help.commonFlags))];
  return titles.map((title) => {
    const lines = shown
      .filter(({ group }) => (group ?? text.help.commonFlags) === title)
      .flatMap((flag) => flagLines(flag, terminal));
    return [style.bold(title), '', ...lines].join('\n');
  });
}

function flagLines(flag: Flag, { style, columns }: Terminal): string[] {
  const width = Math.max(60, Math.min(columns ?? DEFAULT_WIDTH, 120)) - INDENT;
  return [`  ${style.cyan(flagText(flag))}`, ...wrap(flag.description, width).map((line) => ' '.repeat(INDENT) + line)];
}

function flagText({ name, short, kind, negatable, valueHint }: Flag): string {
  const names = [
    `--${name}`,
    ...(negatable === true ? [`--no-${name}`] : []),
    ...(short === undefined ? [] : [`-${short}`]),
  ];
  return kind === 'value' ? `${names.join(', ')} <${valueHint ?? 'text'}>` : names.join(', ');
}

/** At spaces, and between Chinese characters, which have none between them. */
function wrap(text: string, columns: number): string[] {
  const pieces = text.match(/[\u3400-\u9fff][，。；：、）]*|[^\s\u3400-\u9fff]+|\s+/gu) ?? [];
  const lines: string[] = [''];
  for (const piece of pieces) {
    const line = lines[lines.length - 1] as string;
    if (line !== '' && piece.trim() !== '' && displayWidth(line) + displayWidth(piece) > columns) {
      lines[lines.length - 1] = line.trimEnd();
      lines.push(piece);
    } else if (line !== '' || piece.trim() !== '') lines[lines.length - 1] = line + piece;
  }
  return lines.map((line) => line.trimEnd());
}
