/** Whatever a package exports is explained, and every type that its signatures name can be imported. Needs the build. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { publicExports } from './public-exports.js';

const PACKAGES = ['core', 'node', 'express', 'fastify', 'host-tools', 'simulator', 'server'] as const;

interface Conditions {
  readonly types?: string;
  readonly import?: { readonly types?: string };
}

/** The entries of a package, as its manifest has them. */
function entriesOf(name: string): readonly string[] {
  const folder = new URL(`../../packages/${name}/`, import.meta.url);
  const { exports } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
    exports: Readonly<Record<string, Conditions | string>>;
  };
  return Object.values(exports).flatMap((conditions) => {
    if (typeof conditions === 'string') return [];
    const types = conditions.types ?? conditions.import?.types;
    return types === undefined ? [] : [fileURLToPath(new URL(types, folder))];
  });
}

describe.each(PACKAGES)('%s', (name) => {
  const exported = entriesOf(name).flatMap(publicExports);

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
  const [core = ''] = entriesOf('core');
  const client = publicExports(core).find(({ name }) => name === 'LingmaClient');
  expect(client?.declaration).toContain('streamTurn(turn: LingmaTurn');
  expect(client?.uses.some((id) => id.endsWith('lingma-turn.d.ts#LingmaTurn'))).toBe(true);
  expect(client?.uses.some((id) => id.endsWith('#LingmaClient'))).toBe(false);
});
