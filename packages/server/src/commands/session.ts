/** `lingma-gateway session export|import`: carries a login from machine to machine, as a file that is a credential. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { withOperator } from '../operator/operator.js';
import { UsageError } from '../settings/command-line.js';
import type { RunCommand } from './run-command.js';

export const session: RunCommand = async ({ flags, words }, terminal) => {
  const { text } = terminal;
  const [direction, ...rest] = words;
  if ((direction !== 'export' && direction !== 'import') || rest.length > 0) throw new UsageError(text.login.direction);
  const instance = typeof flags.instance === 'string' ? flags.instance : undefined;
  const file = direction === 'export' ? flags.out : flags.in;
  if (typeof file !== 'string') throw new UsageError(direction === 'export' ? text.login.needsOut : text.login.needsIn);
  if (direction === 'import') {
    const bundle = file === '-' ? await readAll(process.stdin) : await readBundle(file);
    const { instance: name } = await withOperator(flags, terminal, (one) => one.importSession(instance, bundle));
    terminal.print(`${text.login.imported(name)}\n`);
    return;
  }
  const exported = await withOperator(flags, terminal, (one) => one.exportSession(instance));
  if (file === '-') {
    terminal.print(`${exported.bundle_b64}\n`);
    return;
  }
  await writePrivate(file, `${exported.bundle_b64}\n`);
  terminal.print(`${text.login.exported(exported.instance, file, exported.sha256.slice(0, 12))}\n`);
};

/** The text, or the bytes behind it: as the setting of the same name takes them. */
async function readBundle(file: string): Promise<string> {
  const bytes = await readFile(file);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? bytes.toString('base64') : bytes.toString('latin1');
}

/** Never readable by others, not even for a moment, whoever could read the file before. */
async function writePrivate(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.part`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}
