/** `lingma-gateway chat "text"`: one turn, streamed to the terminal. */
import { text as readAll } from 'node:stream/consumers';
import { GatewayError, type LingmaClient } from '@lingma-gateway/core';
import type { ChatEvent } from '@lingma-gateway/core/chat';
import { type ArgsDef, defineCommand } from 'citty';
import { UsageError } from '../command-line.js';
import { lingmaArgs, loadClientSettings, withLingma } from '../lingma-session.js';

const CHAT_ARGS: ArgsDef = {
  text: { type: 'positional', required: false, description: 'What to ask' },
  system: { type: 'string', valueHint: 'text', description: 'Instructions to put before it.' },
  ...lingmaArgs(),
};

export const chat = defineCommand({
  meta: { name: 'chat', description: 'Ask Lingma once and stream the answer; without a text, stdin is read' },
  args: CHAT_ARGS,
  async run({ args }) {
    const prompt = args._.length > 0 ? args._.join(' ') : await readPrompt();
    if (prompt.trim() === '') throw new UsageError('Nothing to ask: give a text, or pipe one in');
    await withLingma(loadClientSettings(args), async ({ composition }) => {
      await streamAnswer(composition.gateway.client, prompt, args.system as string | undefined);
    });
  },
});

async function readPrompt(): Promise<string> {
  if (process.stdin.isTTY) throw new UsageError('Give a text, such as: lingma-gateway chat "Hello", or pipe one in');
  return readAll(process.stdin);
}

/** Ctrl-C stops the turn in Lingma too; a second one ends the command at once. @throws GatewayError */
async function streamAnswer(client: LingmaClient, prompt: string, system: string | undefined): Promise<void> {
  const cancel = new AbortController();
  const onInterrupt = (): void => {
    if (cancel.signal.aborted) process.exit(130);
    cancel.abort(new GatewayError('client_closed', 'Cancelled'));
  };
  process.on('SIGINT', onInterrupt);
  const print = createPrinter(process.stdout);
  try {
    const events = client.streamTurn(
      {
        messages: [
          ...(system === undefined ? [] : [{ role: 'system' as const, text: system }]),
          { role: 'user' as const, text: prompt },
        ],
      },
      { signal: cancel.signal },
    );
    for await (const event of events) print(event);
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    process.stderr.write('\nCancelled.\n');
    process.exitCode = 130;
  } finally {
    process.off('SIGINT', onInterrupt);
  }
}

const DIM = '\u001b[2m';
const PLAIN = '\u001b[22m';

/** Thoughts are for people only: dim on a terminal, left out of pipes. */
export function createPrinter(output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>): (event: ChatEvent) => void {
  const isTTY = output.isTTY === true;
  let lineOpen = false;
  const write = (delta: string): void => {
    output.write(delta);
    if (delta !== '') lineOpen = !delta.endsWith('\n');
  };
  return (event) => {
    switch (event.type) {
      case 'text-delta':
        return write(event.delta);
      case 'reasoning-delta':
        if (isTTY) write(`${DIM}${event.delta}${PLAIN}`);
        return;
      case 'reasoning-end':
        if (isTTY) output.write('\n\n');
        return;
      case 'response-end':
        if (lineOpen) output.write('\n');
        if (event.finishReason !== 'stop' && isTTY) output.write(`${DIM}(ended: ${event.finishReason})${PLAIN}\n`);
        return;
      default:
        return;
    }
  };
}
