import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTextFile } from './read-text-file.js';

describe('readTextFile()', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lingma-gateway-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([0, 1, 64 * 1024, 64 * 1024 + 1, 200_000])('%i bytes - all of them, up to the bound', (size) => {
    const path = join(folder, 'text');
    writeFileSync(path, 'x'.repeat(size));
    expect(readTextFile(path, 200_000)).toHaveLength(size);
  });

  it('characters over the edge of a piece - are whole', () => {
    const path = join(folder, 'chinese');
    const text = `x${'灵'.repeat(50_000)}`;
    writeFileSync(path, text);
    expect(readTextFile(path)).toBe(text);
  });

  it('beyond the bound, a folder, nothing - refused with the reason', () => {
    const path = join(folder, 'large');
    writeFileSync(path, 'x'.repeat(1001));
    expect(() => readTextFile(path, 1000)).toThrow('it is larger than 1000 bytes');
    expect(() => readTextFile(folder)).toThrow('EISDIR');
    expect(() => readTextFile(join(folder, 'none'))).toThrow('ENOENT');
  });
});
