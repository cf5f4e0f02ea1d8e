import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  BUNDLE_LIMITS,
  BundleError,
  type BundleFileName,
  bundleToText,
  decodeBundleText,
  packBundle,
  unpackBundle,
} from './index.js';
import { archive, type Entry, entryBytes, GOOD, record } from './testing/archive.js';

const MADE_BY_PYTHON = readFileSync(new URL('./fixtures/python.b64', import.meta.url), 'utf8');
const textOf = (files: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries([...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
const filesOf = (files: Partial<Record<BundleFileName, string>>): Map<BundleFileName, Uint8Array> =>
  new Map(Object.entries(files).map(([name, text]) => [name as BundleFileName, Buffer.from(text)]));
const ruleOf = (run: () => unknown): Promise<string | undefined> =>
  Promise.resolve()
    .then(run)
    .then(
      () => 'accepted',
      (error: unknown) => (error instanceof BundleError ? error.rule : String(error)),
    );

describe('a session bundle', () => {
  it('made by Python - is read, extended headers with times included', async () => {
    expect(textOf(await unpackBundle(decodeBundleText(MADE_BY_PYTHON)))).toEqual({
      'cache/id': '7d1f0a52-9e44-4c1b-8a34-0f6d2c1f9b10',
      'cache/user': 'b3BhcXVlLXVzZXItYmxvYg==',
      'cache/quota': 'b3BhcXVlLXF1b3Rh',
      'cache/config.json': '{"allowStatistics":false}\n',
    });
  });

  it('packed and unpacked - is the same, begins with H4sI, and may lack quota and config.json', async () => {
    const files = filesOf({ 'cache/id': 'm', 'cache/user': 'ü'.repeat(700) });
    const text = bundleToText(await packBundle(files));
    expect(text.startsWith('H4sI')).toBe(true);
    expect(textOf(await unpackBundle(decodeBundleText(text)))).toEqual(textOf(files));
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  if (!python) console.warn('SKIPPED: there is no python3 to read our session bundles with');
  it.skipIf(!python)('of ours - is read by Python’s tarfile', async () => {
    const files = filesOf({ 'cache/id': 'm', 'cache/user': 'u', 'cache/quota': 'q', 'cache/config.json': '{}' });
    const script = [
      'import sys,base64,io,tarfile,json',
      't=tarfile.open(fileobj=io.BytesIO(base64.b64decode(sys.stdin.read())),mode="r:gz")',
      'print(json.dumps({m.name:[t.extractfile(m).read().decode(),m.mode,m.isreg()] for m in t.getmembers()}))',
    ].join('\n');
    const { stdout } = spawnSync('python3', ['-c', script], { input: bundleToText(await packBundle(files)) });
    expect(JSON.parse(String(stdout))).toEqual(
      Object.fromEntries(Object.entries(textOf(files)).map(([name, text]) => [name, [text, 0o600, true]])),
    );
  });

  it('packing - refuses what could not be read back', async () => {
    const tooLong = 'x'.repeat(BUNDLE_LIMITS.file + 1);
    expect(await ruleOf(() => packBundle(filesOf({ 'cache/id': 'm' })))).toBe('missing_file');
    expect(await ruleOf(() => packBundle(filesOf({ 'cache/id': 'm', 'cache/user': tooLong })))).toBe('file_too_large');
  });
});

describe('decodeBundleText', () => {
  const bytes = archive(GOOD);
  const text = bytes.toString('base64');

  it.each([
    ['line breaks and blanks', ` ${text.replace(/(.{60})/g, '$1\r\n')}\n\t`],
    ['the alphabet of addresses', bytes.toString('base64url')],
    ['no padding', text.replace(/=+$/, '')],
    ['a mark of its encoding', `\ufeff${text}`],
    ['such a mark, byte by byte', `${Buffer.from('\ufeff').toString('latin1')}${text}`],
    [
      'the alphabet of addresses, broken into lines, without padding',
      `${bytes.toString('base64url').replace(/(.{7})/g, '$1\n')}\n`,
    ],
  ])('%s - understood', (_, written) => {
    expect(Buffer.from(decodeBundleText(written)).equals(bytes)).toBe(true);
  });

  it.each([
    ['data_url', `data:application/gzip;base64,${text}`],
    ['not_base64', `${text.slice(0, 40)}!${text.slice(41)}`],
    ['not_base64', ''],
    ['not_base64', 'H4sIA'],
    ['not_gzip', Buffer.from('no gzip at all').toString('base64')],
    ['text_too_large', text.padEnd(BUNDLE_LIMITS.text + 1, ' ')],
    ['packed_too_large', Buffer.concat([bytes, Buffer.alloc(BUNDLE_LIMITS.packed)]).toString('base64')],
  ])('%s', async (rule, written) => {
    expect(await ruleOf(() => decodeBundleText(written))).toBe(rule);
  });
});

describe('unpackBundle', () => {
  const entry = (path: string, header?: Entry['header']): Entry => ({ path, ...(header !== undefined && { header }) });
  const extended = (...records: string[]): Entry => ({
    path: 'cache/PaxHeaders/user',
    header: { type: 'ExtendedHeader' },
    body: records.join(''),
  });

  it.each<[string, string, readonly Entry[]]>([
    ['another name', 'unknown_name', [entry('cache/machine_token.json')]],
    ['a name in another spelling', 'unknown_name', [entry('./cache/user')]],
    ['an absolute path', 'absolute_path', [entry('/cache/user')]],
    ['a drive', 'absolute_path', [entry('C:cache/user')]],
    ['a way out', 'parent_path', [entry('cache/../../user')]],
    ['a backslash', 'backslash', [entry('cache\\user')]],
    ['a file twice', 'duplicate', [...GOOD, entry('cache/user')]],
    ['a symbolic link', 'link', [entry('cache/user', { type: 'SymbolicLink', linkpath: '/etc/passwd' })]],
    ['a hard link', 'link', [entry('cache/user', { type: 'Link', linkpath: 'cache/id' })]],
    ['a device', 'special_file', [entry('cache/user', { type: 'CharacterDevice' })]],
    ['a pipe', 'special_file', [entry('cache/user', { type: 'FIFO' })]],
    ['an unknown kind', 'special_file', [entry('cache/user', { typeflag: 'Z' })]],
    ['a sparse file', 'sparse', [entry('cache/user', { typeflag: 'S' })]],
    ['another folder', 'directory', [entry('logs/', { type: 'Directory' })]],
    ['a folder within', 'directory', [entry('cache/db/', { type: 'Directory' })]],
    ['setuid', 'special_mode', [entry('cache/user', { mode: 0o4600 })]],
    ['a setgid folder', 'special_mode', [entry('cache/', { type: 'Directory', mode: 0o2755 })]],
    [
      'GNU’s long name',
      'extended_header',
      [{ path: '././@LongLink', header: { typeflag: 'L' }, body: 'cache/user\0' }],
    ],
    [
      'GNU’s long link',
      'extended_header',
      [{ path: '././@LongLink', header: { typeflag: 'K' }, body: '/etc/passwd\0' }],
    ],
    [
      'a global header',
      'extended_header',
      [{ ...extended(record('mtime', '1.5')), header: { type: 'GlobalExtendedHeader' } }],
    ],
    ['an extended name', 'extended_header', [extended(record('path', 'cache/user'))]],
    ['an extended size', 'extended_header', [extended(record('size', '1'))]],
    ['an extended sparse map', 'extended_header', [extended(record('GNU.sparse.major', '1'))]],
    ['a name behind a length that lies', 'extended_header', [extended('9 mtime=1\n14 path=cache/u\n')]],
    ['an endless extended header', 'extended_header', [extended('x'.repeat(9000))]],
    ['17 members', 'too_many_members', Array.from({ length: 17 }, () => entry('cache/', { type: 'Directory' }))],
    ['a file over 1 MiB', 'file_too_large', [{ path: 'cache/user', body: 'x'.repeat(BUNDLE_LIMITS.file + 1) }]],
    ['a wrong checksum', 'bad_checksum', [{ path: 'cache/user', body: 'x', spoil: true }]],
    ['no user', 'missing_file', [{ path: 'cache/id', body: 'm' }]],
    ['no id', 'missing_file', [{ path: 'cache/user', body: 'u' }]],
    ['an empty user', 'missing_file', [{ path: 'cache/id', body: 'm' }, entry('cache/user')]],
    ['nothing', 'missing_file', []],
  ])('%s - %s', async (_, rule, entries) => {
    expect(await ruleOf(() => unpackBundle(archive(entries)))).toBe(rule);
  });

  it('the folder itself and harmless extended headers - read', async () => {
    const entries = [
      entry('cache/', { type: 'Directory', mode: 0o700 }),
      extended(record('mtime', '1790000000.25'), record('uname', 'me')),
      ...GOOD,
      { path: 'cache/quota', body: 'q'.repeat(512) },
    ];
    expect(Object.keys(textOf(await unpackBundle(archive(entries))))).toEqual([
      'cache/id',
      'cache/user',
      'cache/quota',
    ]);
  });

  it.each([
    ['gzip that is cut off', 'truncated', archive(GOOD).subarray(0, 60)],
    ['gzip with a wrong checksum', 'not_gzip', spoilt(archive(GOOD))],
    [
      'an archive that is cut off',
      'truncated',
      gzipSync(entryBytes({ path: 'cache/user', body: 'u'.repeat(600) }).subarray(0, 700)),
    ],
    ['something behind the end', 'trailing_data', archive(GOOD, Buffer.concat([Buffer.alloc(1024), Buffer.from('x')]))],
    ['text', 'not_gzip', Buffer.from('cache/user')],
    ['4 MiB + 1', 'packed_too_large', Buffer.concat([archive(GOOD), Buffer.alloc(BUNDLE_LIMITS.packed)])],
  ])('%s - %s', async (_, rule, bytes) => {
    expect(await ruleOf(() => unpackBundle(bytes))).toBe(rule);
  });

  it('a bomb - ends at the first file that is too large, however much would follow', async () => {
    const bomb = gzipSync(
      Buffer.concat([entryBytes({ path: 'cache/user', header: { size: 1024 ** 3 } }), Buffer.alloc(256 * 1024 * 1024)]),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(await ruleOf(() => unpackBundle(bomb))).toBe('file_too_large');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });

  it('a refusal - names the rule and nothing of what was read', async () => {
    const error = await unpackBundle(archive([entry('cache/canary-name')])).catch((thrown: unknown) => thrown as Error);
    expect(String(error)).toBe('BundleError: The session bundle is refused: it holds a file that belongs to no login');
  });
});

function spoilt(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.byteLength - 6] = (copy[copy.byteLength - 6] ?? 0) ^ 0xff;
  return copy;
}
