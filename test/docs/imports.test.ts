/** What the READMEs import from our packages is there under that name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const pages = [
  'README.md',
  ...readdirSync(new URL('packages', root))
    .map((name) => `packages/${name}/README.md`)
    .filter((name) => existsSync(fileURLToPath(new URL(name, root)))),
];

const imports = pages.flatMap((page) =>
  [
    ...readFileSync(new URL(page, root), 'utf8').matchAll(
      /^import \{ ([^}]+) \} from '((?:@lingma-gateway\/|lingma-gateway)[\w/-]*)'/gm,
    ),
  ].map(([, names = '', from = '']) => ({ page, from, names: names.split(', ') })),
);

it.each(imports)('$page - $from has $names', async ({ from, names }) => {
  const module = (await import(from)) as Readonly<Record<string, unknown>>;
  expect(names.filter((name) => module[name] === undefined)).toEqual([]);
});

it('imports - were found', () => {
  expect(imports.length).toBeGreaterThan(4);
});
