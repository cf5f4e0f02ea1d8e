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
    const checks: Check[] = [];
    await withLingma(loadSettings(args, process.env), async (session) => {
      for await (const check of diagnose(session)) {
        checks.push(check);
        if (args.json !== true) process.stdout.write(render(check));
      }
    });
    const healthy = checks.every(({ verdict }) => verdict !== 'fail');
    if (args.json === true) process.stdout.write(`${JSON.stringify({ healthy, checks }, null, 2)}\n`);
    if (!healthy) process.exitCode = 1;
  },
});

const MARKS = { ok: 'ok  ', fail: 'FAIL', note: 'note', skipped: '-   ' } as const;

/** The longest name, `Connection`. */
const WIDTH = 10;

function render({ name, verdict, detail, advice }: Check): string {
  const indent = ' '.repeat(WIDTH + 8);
  const line = `${MARKS[verdict]}  ${name.padEnd(WIDTH)}  ${detail.replaceAll('\n', `\n${indent}`)}\n`;
  return advice === undefined ? line : `${line}${indent}→ ${advice}\n`;
}
