/** `lingma-gateway config`: every setting in effect and where it came from. */
import { describeOrigin, effectiveConfig } from '@lingma-gateway/core/config';
import { type ArgsDef, defineCommand } from 'citty';
import { loadSettings, settingArgs } from '../setting-args.js';
import { renderTable } from '../table.js';

const CONFIG_ARGS: ArgsDef = { json: { type: 'boolean', description: 'Print JSON.' }, ...settingArgs() };

export const config = defineCommand({
  meta: { name: 'config', description: 'Show every setting, its value and where it came from; keys are never shown' },
  args: CONFIG_ARGS,
  run({ args }) {
    const loaded = loadSettings(args, process.env);
    const settings = effectiveConfig(loaded);
    if (args.json === true) {
      process.stdout.write(`${JSON.stringify({ settings, warnings: loaded.warnings }, null, 2)}\n`);
      return;
    }
    process.stdout.write(
      renderTable(
        ['SETTING', 'VALUE', 'FROM'],
        settings.map(({ path, value, origin }) => [
          path,
          value === undefined ? '-' : typeof value === 'string' ? value || '""' : JSON.stringify(value),
          describeOrigin(origin),
        ]),
      ),
    );
    for (const { subject, message } of loaded.warnings) process.stderr.write(`${subject}: ${message}\n`);
  },
});
