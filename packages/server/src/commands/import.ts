/** `lingma-gateway import one-api <file>`: channels and tokens of One API's database, as far as they have a place here. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { KeyStore, openDataFolder } from '@lingma-gateway/core/data';
import { CommandFailure, retold } from '../operator/command-failure.js';
import { UsageError } from '../settings/command-line.js';
import { channelsOf, keysOf, type Row } from '../settings/one-api-rows.js';
import { loadSettings } from '../settings/setting-flags.js';
import type { Messages } from '../text/messages.js';
import type { RunCommand } from './run-command.js';

const DEFAULT_OUT = 'channels.json';

export const importFrom: RunCommand = async ({ flags, words }, terminal) => {
  const { text, print } = terminal;
  const [what, file, ...more] = words;
  if (what !== 'one-api' || file === undefined || more.length > 0) throw new UsageError(text.import.how);
  if (!existsSync(file)) throw new UsageError(text.import.noFile(file));
  const { out = DEFAULT_OUT, ...settings } = flags;
  const tables = readTables(file, text);
  const { channels, skipped } = channelsOf(tables.channels);
  const { keys, skipped: skippedKeys } = keysOf(tables.tokens);

  const path = resolve(String(out));
  if (existsSync(path)) throw new UsageError(text.import.isThere(path));
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify({ channels }, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
  print(`${text.import.channels(channels.length, path)}\n`);

  const folder = resolve(loadSettings(settings, terminal).config.lingma.dataDir);
  const store = await retold({ not_ready: text.keys.folderUnusable }, async () => {
    if (!existsSync(folder)) await (await openDataFolder(folder)).release();
    return KeyStore.open(folder);
  });
  let imported = 0;
  for (const { request, ...key } of keys) {
    // A second import brings nothing twice.
    if (store.list().some(({ sha256 }) => sha256 === key.sha256)) continue;
    await store.adopt(request, key);
    imported++;
  }
  print(`${text.import.keys(imported, keys.length - imported)}\n`);
  for (const { what: kind, name, reason } of [...skipped, ...skippedKeys]) {
    print(`${text.import.skipped(text.import.kinds[kind], name, text.import.reasons[reason])}\n`);
  }
};

/** Read only; newer Nodes bring the reader along. @throws UsageError, CommandFailure for what is no such database */
function readTables(
  file: string,
  { import: words }: Messages,
): { readonly channels: readonly Row[]; readonly tokens: readonly Row[] } {
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown };
  const sqlite = getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (path: string, options: object) => { prepare(sql: string): { all(): Row[] }; close(): void } }
    | undefined;
  if (sqlite === undefined) throw new UsageError(words.noSqlite);
  let database: InstanceType<typeof sqlite.DatabaseSync> | undefined;
  try {
    database = new sqlite.DatabaseSync(file, { readOnly: true });
    return {
      channels: database.prepare('select * from channels order by id').all(),
      tokens: database.prepare('select * from tokens order by id').all(),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(words.unreadable(file, reason), { cause: error });
  } finally {
    database?.close();
  }
}
