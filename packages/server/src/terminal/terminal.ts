/** What a command talks to: streams, colour and language. */
import type { Language } from '@lingma-gateway/core/config';
import { type Messages, messagesIn } from '../text/messages.js';
import { languageOf } from './language.js';
import { createStyle, type Style } from './style.js';

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly language: Language;
  readonly text: Messages;
  /** Of stdout. */
  readonly style: Style;
  /** Of stderr. */
  readonly errorStyle: Style;
  readonly columns: number | undefined;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/** What is known of a stream that people may look at. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Of the system, where the environment says nothing. */
  readonly systemLocale?: () => string | undefined;
}

export function createTerminal({ env, stdout, stderr, systemLocale }: TerminalOptions): Terminal {
  const language = languageOf(env, systemLocale ?? (() => undefined));
  return {
    env,
    language,
    text: messagesIn(language),
    style: createStyle(stdout, env),
    errorStyle: createStyle(stderr, env),
    columns: stdout.columns,
    print: (text) => void stdout.write(text),
    printError: (text) => void stderr.write(text),
  };
}

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  return createTerminal({
    env,
    stdout,
    stderr,
    systemLocale: () => (process.platform === 'win32' ? new Intl.DateTimeFormat().resolvedOptions().locale : undefined),
  });
}
