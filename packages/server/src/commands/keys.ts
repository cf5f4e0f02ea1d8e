/** `lingma-gateway keys`: client keys that take effect while the gateway runs, within a second. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { nearestName } from '@lingma-gateway/core/config';
import { type KeyEntry, KeyStore, keyRequest, openDataFolder } from '@lingma-gateway/core/data';
import { retold } from '../operator/command-failure.js';
import { type CommandLine, UsageError } from '../settings/command-line.js';
import { loadSettings } from '../settings/setting-flags.js';
import { renderTable } from '../terminal/table.js';
import type { Terminal } from '../terminal/terminal.js';
import type { RunCommand } from './run-command.js';

type Flags = CommandLine['flags'];
type Step = (store: KeyStore, name: string | undefined, flags: Flags, terminal: Terminal) => Promise<void>;

const STEPS: Readonly<Record<string, Step>> = {
  async add(store, name, flags, terminal) {
    const { key, entry } = await store.add(requestOf(named(name, 'add', terminal), flags, terminal));
    told(key, entry, flags, terminal);
  },
  async list(store, _name, flags, terminal) {
    const { text } = terminal;
    const shown = store.list().map((key) => {
      const { sha256: _, former: __, disabled: ___, ...entry } = key;
      return { ...entry, status: statusOf(key) };
    });
    terminal.print(
      flags.json === true
        ? `${JSON.stringify(shown, null, 2)}\n`
        : renderTable(
            text.keys.head,
            shown.map((entry) => [
              entry.name,
              entry.id,
              `${entry.prefix}…`,
              text.keys.states[entry.status],
              entry.models?.join(', ') ?? '',
              entry.quota == null ? '' : `${entry.quota.tokens} / ${entry.quota.period}`,
              entry.expires_at ?? '',
            ]),
          ),
    );
  },
  async disable(store, name, _flags, terminal) {
    const entry = await store.update(named(name, 'disable', terminal), { status: 'disabled' });
    terminal.print(`${terminal.text.keys.disabled(entry.name)}\n`);
  },
  async enable(store, name, _flags, terminal) {
    const entry = await store.update(named(name, 'enable', terminal), { status: 'enabled' });
    terminal.print(`${terminal.text.keys.enabled(entry.name)}\n`);
  },
  async rotate(store, name, flags, terminal) {
    const { key, entry } = await store.rotate(named(name, 'rotate', terminal));
    told(key, entry, flags, terminal);
    if (flags.json !== true) terminal.print(`${terminal.text.keys.formerIsValid}\n`);
  },
  async remove(store, name, _flags, terminal) {
    const entry = await store.remove(named(name, 'remove', terminal));
    terminal.print(`${terminal.text.keys.removed(entry.name)}\n`);
  },
};

export const keys: RunCommand = async ({ flags, words }, terminal) => {
  const { text } = terminal;
  const [what = 'list', name, ...more] = words;
  if (more.length > 0) throw new UsageError(text.usage.unexpectedWord(more.join(' ')));
  if (what === 'init') return init(terminal);
  const step = Object.hasOwn(STEPS, what) ? STEPS[what] : undefined;
  if (step === undefined) {
    const names = [...Object.keys(STEPS), 'init'];
    throw new UsageError(text.usage.unknownCommand(`keys ${what}`, nearestName(what, names), names.join(', ')));
  }
  const folder = resolve(loadSettings(settingsAlone(flags), terminal).config.lingma.dataDir);
  // A running gateway has the folder, and sees what is changed in it.
  const store = await retold({ not_ready: text.keys.folderUnusable }, async () => {
    if (what !== 'list' && !existsSync(folder)) await (await openDataFolder(folder)).release();
    return KeyStore.open(folder);
  });
  const wrongName = { not_found: text.keys.noSuch(name ?? ''), invalid_request: text.keys.nameTaken(name ?? '') };
  await retold({ ...wrongName, not_ready: text.keys.folderUnusable }, () => step(store, name, flags, terminal));
};

/** What the settings do not know. */
const OWN_FLAGS = ['models', 'endpoints', 'quota', 'period', 'expires', 'subnets', 'note', 'pin', 'json'];
const settingsAlone = (flags: Flags): Flags =>
  Object.fromEntries(Object.entries(flags).filter(([name]) => !OWN_FLAGS.includes(name)));

function named(name: string | undefined, step: string, { text }: Terminal): string {
  if (name === undefined) throw new UsageError(text.keys.needsName(step));
  return name;
}

/** @throws UsageError */
function requestOf(name: string, flags: Flags, { text }: Terminal) {
  const list = (flag: string): string[] | undefined =>
    typeof flags[flag] === 'string' ? flags[flag].split(',').map((part) => part.trim()) : undefined;
  const [models, endpoints, subnets] = [list('models'), list('endpoints'), list('subnets')];
  const { quota, period, expires, note, pin } = flags;
  const result = keyRequest.safeParse({
    name,
    ...(models !== undefined && { models }),
    ...(endpoints !== undefined && { endpoints }),
    ...(subnets !== undefined && { subnets }),
    // A period alone is no quota, which is told.
    ...((quota ?? period) !== undefined && {
      quota: { tokens: quota === 'unlimited' ? quota : Number(quota), ...(period !== undefined && { period }) },
    }),
    ...(typeof expires === 'string' && { expires_at: toInstant(expires) }),
    ...(note !== undefined && { note }),
    ...(pin === true && { pin }),
  });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new UsageError(text.keys.cannotBe(issue?.path.join('.') ?? '', issue?.message ?? ''));
}

/** `30d`, `12h`, or a day or time as ISO 8601 has it. */
function toInstant(text: string): string {
  const [, amount, unit] = /^(\d+)([dh])$/.exec(text.trim()) ?? [];
  if (amount !== undefined) {
    return new Date(Date.now() + Number(amount) * (unit === 'd' ? 86_400_000 : 3_600_000)).toISOString();
  }
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString();
}

function told(key: string, entry: KeyEntry, flags: Flags, { text, print, style }: Terminal): void {
  const { sha256: _, former: __, ...shown } = entry;
  print(
    flags.json === true
      ? `${JSON.stringify({ ...shown, key }, null, 2)}\n`
      : `${style.bold(key)}\n${text.keys.shownOnce(entry.name)}\n`,
  );
}

/** Whether its quota is used up knows the gateway alone. */
function statusOf({ disabled, expires_at }: KeyEntry): 'enabled' | 'disabled' | 'expired' {
  if (disabled === true) return 'disabled';
  return expires_at != null && Date.parse(expires_at) <= Date.now() ? 'expired' : 'enabled';
}

/** A key and an admin token in `.env` of this folder; what stands there already stays. */
function init({ text, print }: Terminal): void {
  const path = resolve('.env');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const lines = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const made: string[] = [];
  for (const [name, value] of [
    ['API_KEYS', `sk-${randomBytes(32).toString('base64url')}`],
    ['ADMIN_TOKEN', randomBytes(32).toString('base64url')],
  ] as const) {
    const at = lines.findIndex((line) => new RegExp(`^\\s*(?:export\\s+)?(?:LINGMA_GATEWAY_)?${name}\\s*=`).test(line));
    if (at !== -1 && !/=\s*(["']?)\s*\1\s*(#.*)?\s*$/.test(lines[at] as string)) continue;
    if (at === -1) lines.push(`${name}=${value}`);
    else lines[at] = `${name}=${value}`;
    made.push(name);
  }
  if (made.length === 0) {
    print(`${text.keys.envHasThem(path)}\n`);
    return;
  }
  const draft = `${path}.${process.pid}.tmp`;
  writeFileSync(draft, `${lines.join('\n')}\n`, { mode: 0o600 });
  renameSync(draft, path);
  print(`${text.keys.envMade(made.join(', '), path)}\n`);
}
