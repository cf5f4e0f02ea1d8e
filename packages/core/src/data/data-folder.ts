/**
 * The folder of all that the gateway keeps: keys, usage, and what the others put there. It moves by copying: nothing in it names
 * the place it is in, and whatever is written is whole at any moment.
 */
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../chat/index.js';
import { lockFolder } from '../lingma/index.js';
import { type Logger, silentLogger } from '../util/index.js';

/** A data folder that this process has for itself. */
export interface DataFolder {
  readonly path: string;
  /** Another gateway may have it from now on. Never rejects. */
  release(): Promise<void>;
}

/** From each older form of the folder to the next one. */
export type Migrations = Readonly<Record<number, (path: string) => Promise<void>>>;

/** How {@link openDataFolder} brings a folder up to date. */
export interface DataFolderOptions {
  readonly logger?: Logger;
  /** Form of what is written. */
  readonly schema?: number;
  readonly migrations?: Migrations;
}

const SCHEMA = 1;
const VERSION_FILE = 'version';
/** What is copied before another form is made of it; the rest is downloaded again, or is Lingma's own. */
const KEPT = ['keys.json', 'usage'];

/** @throws GatewayError `not_ready` while another gateway has it, and for a folder that a later gateway has written */
export async function openDataFolder(path: string, options: DataFolderOptions = {}): Promise<DataFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const lock = await lockFolder(path, {
    held: 'Another gateway uses this data folder (LINGMA_GATEWAY_DATA_DIR). Give each its own.',
    unwritable: 'The data folder cannot be written to.',
  });
  try {
    await bringUpToDate(path, options);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return { path, release: () => lock.release().catch(() => undefined) };
}

async function bringUpToDate(
  path: string,
  { logger = silentLogger, schema = SCHEMA, migrations = {} }: DataFolderOptions,
): Promise<void> {
  const found = await readSchema(path);
  if (found === undefined || found === schema) {
    if (found === undefined) await writeWhole(join(path, VERSION_FILE), `${schema}\n`);
    return;
  }
  if (found > schema) throw later(found, schema);
  const backup = join(path, `backup-${found}`);
  logger.info('the data folder is brought up to date', { from: found, to: schema, backup: `backup-${found}` });
  await mkdir(backup, { recursive: true, mode: 0o700 });
  const present = new Set(await readdir(path));
  for (const name of KEPT) {
    if (present.has(name)) await cp(join(path, name), join(backup, name), { recursive: true });
  }
  for (let from = found; from < schema; from++) await migrations[from]?.(path);
  await writeWhole(join(path, VERSION_FILE), `${schema}\n`);
}

/** For whoever uses a folder beside the gateway that has it. @throws GatewayError `not_ready` for one that a later gateway has written */
export async function refuseLaterFolder(path: string): Promise<void> {
  const found = await readSchema(path);
  if (found !== undefined && found > SCHEMA) throw later(found, SCHEMA);
}

const later = (found: number, known: number): GatewayError =>
  new GatewayError(
    'not_ready',
    `The data folder was written by a later version of the gateway (form ${found}, this one knows ${known})`,
  );

/** `undefined`: it has none yet. @throws GatewayError `not_ready` */
async function readSchema(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, VERSION_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const schema = Number(text.trim());
  if (Number.isInteger(schema) && schema > 0) return schema;
  throw new GatewayError('not_ready', 'The file "version" of the data folder holds no number');
}

let written = 0;

/** For this user alone, and never half: whoever reads, or copies the folder, finds the text before or the text after. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}-${written++}.tmp`;
  try {
    // On the disk before it takes the name: else a machine that stops may leave an empty file in its place.
    await writeFile(draft, text, { mode: 0o600, flush: true });
    await rename(draft, path);
  } catch (error) {
    // A full disk is not to be filled with drafts.
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Whether somebody has kept something there. Never rejects. */
export async function hasData(path: string): Promise<boolean> {
  return stat(join(path, 'keys.json')).then(
    () => true,
    () => false,
  );
}
