#!/usr/bin/env node
/** The `lingma-gateway` command: picks the command, checks its flags, and turns what goes wrong into a line and a code. */
import { ConfigError, nearestName } from '@lingma-gateway/core/config';
import { type ArgsDef, type CommandDef, runCommand } from 'citty';
import { checkCommandLine, firstWordIndex, UsageError } from './command-line.js';
import { chat } from './commands/chat.js';
import { config } from './commands/config.js';
import { doctor } from './commands/doctor.js';
import { models } from './commands/models.js';
import { serve } from './commands/serve.js';
import { renderHelp, renderOverview } from './help.js';
import { messageOf } from './lingma-finding.js';
import { settingArgs } from './setting-args.js';
import { VERSION } from './version.js';

const COMMANDS: Readonly<Record<string, CommandDef>> = { serve, models, chat, doctor, config };

async function main(words: readonly string[]): Promise<void> {
  // Flags may come before the command; without a command it is `serve`.
  const commandIndex = firstWordIndex(words, settingArgs());
  const name = commandIndex === -1 ? 'serve' : (words[commandIndex] as string);
  const rest = commandIndex === -1 ? words : words.filter((_, index) => index !== commandIndex);
  const options = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (options.includes('--version') || options.includes('-v')) {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  const wantsHelp = options.includes('--help') || options.includes('-h');
  if (name === 'help' || (wantsHelp && commandIndex === -1)) {
    process.stdout.write(await renderOverview(COMMANDS, 'serve', process.stdout.columns));
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw unknownCommand(name);
  if (wantsHelp) {
    process.stdout.write(await renderHelp(name, command, process.stdout.columns));
    return;
  }
  checkCommandLine(name, rest, (await command.args) as ArgsDef);
  await runCommand(command, { rawArgs: [...rest] });
}

function unknownCommand(name: string): UsageError {
  const nearest = nearestName(name, Object.keys(COMMANDS));
  const hint = nearest === undefined ? `there are ${Object.keys(COMMANDS).join(', ')}` : `did you mean ${nearest}?`;
  return new UsageError(`Unknown command ${name}: ${hint}`);
}

/** Output may go to a pipe whose reader has had enough. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Nothing is left to do but to end; a listening server or an open connection must not hold that up.
  const isUsage = error instanceof UsageError || error instanceof ConfigError;
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(isUsage ? 2 : 1);
}
