/** `lingma-gateway doctor`: goes through everything a request needs; each failing line says what to do. */
import { type ArgsDef, defineCommand } from 'citty';
import { type Check, diagnose } from '../diagnose.js';
import { lingmaArgs, withLingma } from '../lingma-session.js';
import { loadSettings, settingArgs } from '../setting-args.js';

const { host, port } = settingArgs('server');

const DOCTOR_ARGS: ArgsDef = {
  json: { type: 'boolean', description: 'Print JSON, every place that was looked at included.' },
  ...(host !== undefined && { host }),
  ...(port !== undefined && { port }),
  ...lingmaArgs(),
};

export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Check what a request needs, and say what to do about what is missing' },
  args: DOCTOR_ARGS,
  async run({ args }) {
    const checks = await withLingma(loadSettings(args, process.env), diagnose);
    const healthy = checks.every(({ verdict }) => verdict !== 'fail');
    process.stdout.write(args.json === true ? `${JSON.stringify({ healthy, checks }, null, 2)}\n` : report(checks));
    if (!healthy) process.exitCode = 1;
  },
});

const MARKS = { ok: 'ok  ', fail: 'FAIL', note: 'note', skipped: '-   ' } as const;

function report(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 8);
  return checks
    .map(({ name, verdict, detail, advice }) => {
      const line = `${MARKS[verdict]}  ${name.padEnd(width)}  ${detail.replaceAll('\n', `\n${indent}`)}\n`;
      return advice === undefined ? line : `${line}${indent}→ ${advice}\n`;
    })
    .join('');
}
