/** Picks the command, checks its flags, and turns what goes wrong into a line and an exit code. */
import { ConfigError, nearestName } from '@lingma-gateway/core/config';
import { allFlags, COMMANDS, type CommandName, commandFlags } from './commands/index.js';
import { describeError } from './compose/lingma-finding.js';
import { renderHelp, renderOverview } from './help.js';
import { type CommandLine, type Flag, firstWordIndex, parseCommandLine, UsageError } from './settings/command-line.js';
import { processTerminal, type Terminal } from './terminal/terminal.js';

/** Never rejects. */
export async function main(words: readonly string[]): Promise<void> {
  const code = await runMain(words, processTerminal());
  // Nothing is left to do but to end; a listening server or an open connection must not hold that up.
  if (code !== 0) process.exit(code);
}

/** Never rejects. Exit codes: 0 fine, 1 failed, 2 asked in a way that makes no sense. */
export async function runMain(words: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    await runCommand(words, terminal);
    return 0;
  } catch (error) {
    terminal.printError(`${terminal.errorStyle.red(describeError(error, terminal.text))}\n`);
    return error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
  }
}

async function runCommand(words: readonly string[], terminal: Terminal): Promise<void> {
  // Flags may come before the command; without a command it is `serve`.
  const commandIndex = firstWordIndex(words, allFlags(terminal), [...Object.keys(COMMANDS), 'help']);
  const given = commandIndex === -1 ? 'serve' : (words[commandIndex] as string);
  const rest = commandIndex === -1 ? words : words.filter((_, index) => index !== commandIndex);
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  const wantsHelp = options.includes('--help') || options.includes('-h');
  const asked = given === 'help' ? options.find((word) => !word.startsWith('-')) : undefined;
  if ((given === 'help' && asked === undefined) || (wantsHelp && commandIndex === -1)) {
    terminal.print(renderOverview(terminal));
    return;
  }
  const name = commandNamed(asked ?? given, terminal);
  if (wantsHelp || asked !== undefined) {
    terminal.print(renderHelp(name, terminal));
    return;
  }
  const flags = commandFlags(name, terminal);
  const commandLine = parsed(name, rest, flags, terminal);
  const run = await COMMANDS[name].load();
  await run(commandLine, terminal);
}

function commandNamed(name: string, { text }: Terminal): CommandName {
  if (Object.hasOwn(COMMANDS, name)) return name as CommandName;
  const names = Object.keys(COMMANDS);
  throw new UsageError(text.usage.unknownCommand(name, nearestName(name, names), names.join(', ')));
}

function parsed(name: CommandName, words: readonly string[], flags: readonly Flag[], terminal: Terminal): CommandLine {
  const { text } = terminal;
  try {
    return parseCommandLine(words, { flags, takesWords: COMMANDS[name].takesWords, text });
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message}\n${text.usage.seeHelp(name)}`);
    throw error;
  }
}
