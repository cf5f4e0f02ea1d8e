/** The reference of the packages' entries; that its pages are up to date is what `generated.test.ts` asks. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { apiPages } from '../../packages/dev/api-pages.mjs';
import { publishedPackages } from '../../packages/dev/publish/packages.mjs';

const pages = apiPages();

describe('the reference', () => {
  it('every entry of every package has a page, and no page is left over', () => {
    const entries = publishedPackages().flatMap((own) => own.entries);
    expect(pages.size).toBe(entries.length);
    const folder = fileURLToPath(new URL('../../docs/api/', import.meta.url));
    expect(
      readdirSync(folder)
        .map((name) => `docs/api/${name}`)
        .sort(),
    ).toEqual([...pages.keys()].sort());
  });

  it.each([...pages])('%s - everything that is exported says what it is', (_path, { undocumented }) => {
    expect(undocumented).toEqual([]);
  });

  it('a page - has the docstring of what it tells, and its declaration without what is private', () => {
    const { text = '' } = pages.get('docs/api/core-chat.md') ?? {};
    const [, section = ''] = text.split('### GatewayError\n');
    expect(section).toContain('it holds no secret, path or account');
    expect(section).toContain('class GatewayError extends Error {');
    expect(text).not.toContain('#private');
  });
});
