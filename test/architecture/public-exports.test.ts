/** Whatever a package exports is explained, and every type that its signatures name can be imported. Needs the build. */
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedPackages } from '../../packages/dev/publish/packages.mjs';
import { publicExports } from './public-exports.js';

const packages = publishedPackages().map(({ dir, entries }) => ({
  name: basename(dir),
  entries: entries.map(({ module }) => join(dir, 'dist', `${module}.d.ts`)),
}));

describe.each(packages)('$name', ({ entries }) => {
  const exported = entries.flatMap(publicExports);

  it('exports - are explained, each where it is declared', () => {
    expect(exported.length).toBeGreaterThan(0);
    expect(exported.filter(({ isExplained }) => !isExplained).map((one) => one.name)).toEqual([]);
  });

  it('types in signatures - can be imported', () => {
    const known = new Set(exported.map(({ id }) => id));
    const missing = exported.flatMap((one) =>
      one.uses.filter((id) => !known.has(id)).map((id) => `${id.slice(id.indexOf('#') + 1)}, of ${one.name}`),
    );
    expect([...new Set(missing)].sort()).toEqual([]);
  });
});

it('a declaration - is read with what it names', () => {
  const [core = ''] = packages.find(({ name }) => name === 'core')?.entries ?? [];
  const client = publicExports(core).find(({ name }) => name === 'LingmaClient');
  expect(client?.declaration).toContain('streamTurn(turn: LingmaTurn');
  expect(client?.uses.some((id) => id.endsWith('lingma-turn.d.ts#LingmaTurn'))).toBe(true);
  expect(client?.uses.some((id) => id.endsWith('#LingmaClient'))).toBe(false);
});
