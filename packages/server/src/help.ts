/** `--help` from a command's own definition, wrapped to the terminal: citty's one line a flag is wider than any. */
import type { ArgDef, ArgsDef, CommandDef, CommandMeta } from 'citty';

const DEFAULT_WIDTH = 100;
const INDENT = 6;

/** What the command does, how it is called, and every flag. */
export async function renderHelp(name: string, command: CommandDef, columns?: number): Promise<string> {
  const { meta, args } = await definitionOf(command);
  const words = Object.entries(args)
    .filter(([, arg]) => arg.type === 'positional')
    .map(([word]) => ` [${word}]`);
  const lines = [meta.description ?? '', '', `Usage: lingma-gateway ${name} [flags]${words.join('')}`, ''];
  return `${[...lines, ...flagLines(args, width(columns))].join('\n')}\n`;
}

/** All commands, and the flags of the one that runs when none is named. */
export async function renderOverview(
  commands: Readonly<Record<string, CommandDef>>,
  fallback: string,
  columns?: number,
): Promise<string> {
  const lines = [
    'Lingma as OpenAI and Anthropic APIs',
    '',
    'Usage: lingma-gateway [command] [flags]',
    '',
    'Commands:',
    '',
  ];
  for (const [name, command] of Object.entries(commands)) {
    const { meta } = await definitionOf(command);
    lines.push(`  ${name.padEnd(8)} ${meta.description ?? ''}`);
  }
  lines.push('', 'lingma-gateway <command> --help shows the flags of a command. Those of the default command:', '');
  const { args } = await definitionOf(commands[fallback] as CommandDef);
  return `${[...lines, ...flagLines(args, width(columns))].join('\n')}\n`;
}

async function definitionOf(command: CommandDef): Promise<{ meta: CommandMeta; args: ArgsDef }> {
  const { meta = {}, args = {} } = command;
  return {
    meta: await (typeof meta === 'function' ? meta() : meta),
    args: await (typeof args === 'function' ? args() : args),
  };
}

function flagLines(args: ArgsDef, columns: number): string[] {
  const all: [string, ArgDef][] = [
    ...Object.entries(args).filter(([, arg]) => arg.type !== 'positional'),
    ['help', { type: 'boolean', description: 'Show this.' }],
    ['version', { type: 'boolean', description: 'Show the version.' }],
  ];
  return all.flatMap(([name, arg]) => [
    `  ${flagText(name, arg)}`,
    ...wrap(arg.description ?? '', columns - INDENT).map((line) => ' '.repeat(INDENT) + line),
  ]);
}

function flagText(name: string, arg: ArgDef): string {
  if (arg.type !== 'boolean') return `--${name} <${arg.valueHint ?? 'text'}>`;
  return (arg as { negativeDescription?: string }).negativeDescription === undefined
    ? `--${name}`
    : `--${name}, --no-${name}`;
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

const width = (columns: number | undefined): number => Math.max(60, Math.min(columns ?? DEFAULT_WIDTH, 120));
