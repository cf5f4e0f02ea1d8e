/** What a command does once its words are understood. */
import type { CommandLine } from '../settings/command-line.js';
import type { Terminal } from '../terminal/terminal.js';

export type RunCommand = (commandLine: CommandLine, terminal: Terminal) => Promise<void>;
