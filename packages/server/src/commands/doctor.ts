/** `lingma-gateway doctor`: goes through everything a request needs; each failing line says what to do. */
import { type Check, diagnose } from '../operator/diagnose.js';
import { withLingma } from '../operator/lingma-session.js';
import { loadSettings } from '../settings/setting-flags.js';
import { displayWidth } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import { ENGLISH } from '../text/english.js';
import type { RunCommand } from './run-command.js';

export const doctor: RunCommand = async ({ flags }, terminal) => {
  const checks: Check[] = [];
  await withLingma(loadSettings(flags, terminal), terminal, async (session) => {
    for await (const check of diagnose(session, terminal)) {
      checks.push(check);
      if (flags.json !== true) terminal.print(render(check, terminal));
    }
  });
  const healthy = checks.every(({ verdict }) => verdict !== 'fail');
  if (flags.json === true) {
    // Programs read the names, whoever started them.
    const named = checks.map(({ id, ...check }) => ({ name: ENGLISH.doctor.names[id], ...check }));
    terminal.print(`${JSON.stringify({ healthy, checks: named }, null, 2)}\n`);
  }
  if (!healthy) process.exitCode = 1;
};

const MARK_WIDTH = 4;
/** The longest name, `Connection`. */
const NAME_WIDTH = 10;

function render({ id, verdict, detail, advice }: Check, { text, style }: Terminal): string {
  const colour = { ok: style.green, fail: style.red, note: style.yellow, skipped: style.dim }[verdict];
  const indent = ' '.repeat(MARK_WIDTH + NAME_WIDTH + 4);
  const mark = colour(padded(text.doctor.marks[verdict], MARK_WIDTH));
  const name = style.bold(padded(text.doctor.names[id], NAME_WIDTH));
  const line = `${mark}  ${name}  ${detail.replaceAll('\n', `\n${indent}`)}\n`;
  return advice === undefined ? line : `${line}${indent}→ ${advice}\n`;
}

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)));
