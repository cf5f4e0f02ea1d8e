/** docs/architecture.md shows the house as test/architecture/floors.ts has it, and names files that are there. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FLOORS, PACKAGES } from '../architecture/floors.js';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/architecture.md', root), 'utf8');
const spans = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);

/** Rows of the table below a heading, as cells. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  const rows = table.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '')));
}

describe('docs/architecture.md', () => {
  it('floors - the folders and what each may import', () => {
    const rows = rowsBelow('Floors of `core/src`').map(([, folder = '', , may = '']) => {
      const name = spans(folder)[0] ?? '';
      const all = Object.keys(FLOORS).filter((other) => other !== name);
      return [name, (may === 'all below' ? all : spans(may)).sort()];
    });
    const floors = Object.entries(FLOORS).map(([folder, may]) => [folder, [...may].sort()]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(floors));
  });

  it('packages - each with those of ours that it may import', () => {
    const rows = rowsBelow('Packages').flatMap(([folder = '', , may = '']) =>
      spans(folder).map((name) => [name, spans(may).filter((other) => other in PACKAGES)] as const),
    );
    const documented = Object.fromEntries(
      rows.filter(([name]) => name !== 'dev').map(([name, may]) => [name, [...may].sort()]),
    );
    const packages = Object.entries(PACKAGES).map(([name, may]) => [
      name,
      may.map((other) => other.replace('@lingma-gateway/', '')).sort(),
    ]);
    expect(documented).toEqual(Object.fromEntries(packages));
  });

  it('files - those that are named with their folder are there', () => {
    const places = ['packages/core/src/', 'packages/', 'packages/core/src/lingma/', 'packages/core/src/gateway/', ''];
    const named = [...new Set(spans(page.replaceAll(/```[\s\S]*?```/g, '')))].filter((span) =>
      /^[\w-]+(?:\/[\w-]+)+\.(?:ts|mjs)$/.test(span),
    );
    const missing = named.filter((file) => !places.some((place) => existsSync(new URL(place + file, root))));
    expect(missing).toEqual([]);
    expect(named.length).toBeGreaterThan(30);
  });
});
