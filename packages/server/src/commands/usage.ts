/** `lingma-gateway usage`: what was used, from the rows in the data folder; a running gateway is not needed and not disturbed. */
import { resolve } from 'node:path';
import { GatewayError } from '@lingma-gateway/core';
import { readUsageQuery, UsageLog, type UsageQuery, usageCsv, usageJson } from '@lingma-gateway/core/data';
import { retold } from '../operator/command-failure.js';
import { type CommandLine, UsageError } from '../settings/command-line.js';
import { loadSettings } from '../settings/setting-flags.js';
import { renderTable } from '../terminal/table.js';
import type { Messages } from '../text/messages.js';
import type { RunCommand } from './run-command.js';

const OWN_FLAGS = ['from', 'to', 'group', 'format', 'json'];

export const usage: RunCommand = async ({ flags }, terminal) => {
  const settings = Object.fromEntries(Object.entries(flags).filter(([name]) => !OWN_FLAGS.includes(name)));
  const { dataDir } = loadSettings(settings, terminal).config.lingma;
  const format = flags.json === true ? 'json' : (flags.format ?? 'table');
  if (!['table', 'json', 'csv'].includes(format as string)) throw new UsageError(terminal.text.usageReport.formats);
  const query = queryOf(flags, terminal.text);
  const totals = await retold({ not_ready: terminal.text.keys.folderUnusable }, () => UsageLog.read(resolve(dataDir)));
  if (format === 'csv') terminal.print(usageCsv(totals, query));
  else if (format === 'json') terminal.print(`${JSON.stringify(usageJson(totals, query), null, 2)}\n`);
  else {
    const { group, ...range } = query;
    terminal.print(
      renderTable(
        [terminal.text.usageReport.groups[group], ...terminal.text.usageReport.head],
        totals
          .group(group, range)
          .map(({ name, requests, errors, prompt_tokens, completion_tokens }) =>
            [name, requests, errors, prompt_tokens, completion_tokens].map(String),
          ),
      ),
    );
  }
};

/** @throws UsageError */
function queryOf(flags: CommandLine['flags'], { usageReport }: Messages): UsageQuery {
  try {
    return readUsageQuery((name) => (typeof flags[name] === 'string' ? flags[name] : null));
  } catch (error) {
    if (!GatewayError.isInstance(error)) throw error;
    const { param = '' } = error;
    throw new UsageError(param === 'group' ? usageReport.group : usageReport.day(param));
  }
}
