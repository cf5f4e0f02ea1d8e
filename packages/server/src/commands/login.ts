/** `lingma-gateway login`: signs an instance in, by token, in a browser, or with an address that is pasted. */
import { createInterface } from 'node:readline/promises';
import { GatewayError } from '@lingma-gateway/core';
import { type LoginStatus, type Operator, whenOver, withOperator } from '../operator/operator.js';
import { UsageError } from '../settings/command-line.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

export const login: RunCommand = async ({ flags }, terminal) => {
  const { text } = terminal;
  if (flags.paste === true && flags.headed === true) throw new UsageError(text.login.oneWay);
  const way = flags.paste === true ? 'paste' : flags.headed === true ? 'browser' : 'auto';
  await withOperator(flags, terminal, async (operator) => {
    const started = await operator.start({
      way,
      ...(typeof flags.instance === 'string' && { instance: flags.instance }),
      ...(flags.headed === true && { headed: true }),
      ...(flags.force === true && { force: true }),
    });
    if (started.instance === undefined) {
      terminal.print(`${text.login.already}\n`);
      return;
    }
    const { instance, id } = started;
    const over = whenOver(operator, instance, (state) =>
      terminal.printError(`${terminal.errorStyle.dim(text.login.state(instance, state))}\n`),
    );
    if (started.login_url !== undefined && typeof id === 'string') {
      terminal.print(`${text.login.open}\n\n${started.login_url}\n\n`);
      const pasting = new AbortController();
      over.finally(() => pasting.abort()).catch(() => undefined);
      await paste(operator, id, terminal, pasting.signal);
    }
    tell(await over, terminal);
  });
};

/** Until an address is accepted, or the login is over. */
async function paste(operator: Operator, id: string, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { text } = terminal;
  const lines = createInterface({ input: process.stdin, terminal: false });
  signal.addEventListener('abort', () => lines.close(), { once: true });
  terminal.printError(`${text.login.paste}\n`);
  try {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      try {
        await operator.callback(id, line.trim());
        return;
      } catch (error) {
        if (!GatewayError.isInstance(error) || !['bad_callback_url', 'not_ready'].includes(error.code)) throw error;
        terminal.printError(`${error.message}\n${text.login.paste}\n`);
      }
    }
  } finally {
    lines.close();
  }
}

function tell({ name, state, last_error: failure, organisations }: LoginStatus, terminal: Terminal): void {
  const { text } = terminal;
  if (state === 'logged_in') {
    terminal.print(`${text.login.done(name)}\n`);
    return;
  }
  for (const one of organisations ?? []) terminal.printError(`  ${one.id || '-'}  ${one.name}\n`);
  throw new GatewayError('login_required', text.login.failed(name, failure?.code ?? state, failure?.message ?? ''));
}
