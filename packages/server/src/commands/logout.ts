/** `lingma-gateway logout`: signs an instance out. */

import { withOperator } from '../operator/operator.js';
import { UsageError } from '../settings/command-line.js';
import type { RunCommand } from './run-command.js';

export const logout: RunCommand = async ({ flags }, terminal) => {
  const { text } = terminal;
  await withOperator(flags, terminal, async (operator) => {
    const all = (await operator.status()).map(({ name }) => name);
    const [only] = all;
    const name = typeof flags.instance === 'string' ? flags.instance : all.length === 1 ? only : undefined;
    if (name === undefined) throw new UsageError(text.login.whichInstance(all.join(', ')));
    await operator.logout(name);
    terminal.print(`${text.login.loggedOut(name)}\n`);
  });
};
