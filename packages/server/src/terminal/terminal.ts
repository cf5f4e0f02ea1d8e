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

export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const language = languageOf(env, () =>
    process.platform === 'win32' ? new Intl.DateTimeFormat().resolvedOptions().locale : undefined,
  );
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
