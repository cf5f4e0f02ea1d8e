/** `lingma-gateway config`: every setting in effect and where it came from. */
import { describeOrigin, type EffectiveSetting, effectiveConfig } from '@lingma-gateway/core/config';
import { loadSettings } from '../settings/setting-flags.js';
import { renderTable } from '../terminal/table.js';
import type { RunCommand } from './run-command.js';

export const config: RunCommand = async ({ flags }, terminal) => {
  const { language, text, errorStyle } = terminal;
  const loaded = loadSettings(flags, terminal);
  const settings = effectiveConfig(loaded, language);
  if (flags.json === true) {
    const told = settings.map(({ path, value = null, ...rest }) => ({ path, value, ...rest }));
    terminal.print(`${JSON.stringify({ settings: told, warnings: loaded.warnings }, null, 2)}\n`);
    return;
  }
  terminal.print(
    renderTable(
      text.config.head,
      settings.map(({ path, value, note, origin }) => [
        path,
        `${valueText(value)}${note === undefined ? '' : ` (${note})`}`,
        describeOrigin(origin, language),
      ]),
    ),
  );
  for (const { subject, message } of loaded.warnings) {
    terminal.printError(`${errorStyle.yellow(`${subject}: ${message}`)}\n`);
  }
};

const valueText = (value: EffectiveSetting['value']): string =>
  value === undefined ? '-' : typeof value === 'string' ? value || '""' : JSON.stringify(value);
