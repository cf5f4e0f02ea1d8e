/** `lingma-gateway chat "text"`: one turn, streamed to the terminal. */
import { text as readAll } from 'node:stream/consumers';
import { GatewayError } from '@lingma-gateway/core';
import { askChannel } from '../operator/ask-channel.js';
import { withSomeLingma } from '../operator/lingma-session.js';
import type { AnswerPiece, Question } from '../serve/running-gateway.js';
import { UsageError } from '../settings/command-line.js';
import { createStyle } from '../terminal/style.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

export const chat: RunCommand = async ({ flags, words }, terminal) => {
  const { text } = terminal;
  const prompt = words.length > 0 ? words.join(' ') : await readPrompt(terminal);
  if (prompt.trim() === '') throw new UsageError(text.usage.nothingToAsk);
  const question: Question = {
    prompt,
    ...(typeof flags.system === 'string' && { system: flags.system }),
    ...(typeof flags.model === 'string' && { model: flags.model }),
  };
  await withSomeLingma('chat "…"', flags, terminal, {
    lingma: ({ composition, logger }) =>
      printAnswer((signal) => askChannel(composition.gateway.channel, question, { signal, logger }), terminal),
    gateway: (gateway) => printAnswer((signal) => gateway.ask(question, signal), terminal),
  });
};

async function readPrompt({ text }: Terminal): Promise<string> {
  if (process.stdin.isTTY) throw new UsageError(text.usage.giveText);
  return readAll(process.stdin);
}

/** Ctrl-C stops the turn in Lingma too; a second one ends the command at once. @throws GatewayError */
async function printAnswer(
  ask: (signal: AbortSignal) => AsyncIterable<AnswerPiece>,
  terminal: Terminal,
): Promise<void> {
  const cancel = new AbortController();
  const onInterrupt = (): void => {
    if (cancel.signal.aborted) process.exit(130);
    cancel.abort(new GatewayError('client_closed', 'Cancelled'));
  };
  process.on('SIGINT', onInterrupt);
  const print = createPrinter(process.stdout, terminal);
  try {
    for await (const piece of ask(cancel.signal)) print(piece);
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    terminal.printError(`\n${terminal.text.session.cancelled}\n`);
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

/** Thoughts are for people only: dim on a terminal, left out of pipes. */
function createPrinter(
  output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>,
  { env, text }: Pick<Terminal, 'env' | 'text'>,
): (piece: AnswerPiece) => void {
  const isTTY = output.isTTY === true;
  const style = createStyle(output, env);
  let lineOpen = false;
  let thinking = false;
  const write = (delta: string, shown = delta): void => {
    output.write(shown);
    if (delta !== '') lineOpen = !delta.endsWith('\n');
  };
  const endThoughts = (): void => {
    if (thinking) write('\n\n');
    thinking = false;
  };
  return (piece) => {
    switch (piece.type) {
      case 'text':
        endThoughts();
        return write(piece.delta);
      case 'reasoning':
        if (!isTTY) return;
        thinking = true;
        return write(piece.delta, style.dim(piece.delta));
      default:
        endThoughts();
        if (lineOpen) output.write('\n');
        if (piece.reason !== 'stop' && isTTY) output.write(`${style.dim(text.session.ended(piece.reason))}\n`);
    }
  };
}
