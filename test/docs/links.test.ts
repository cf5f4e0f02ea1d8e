/** Links within the repository lead somewhere: to a file that is there, and to a heading that it has. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(root, 'packages'))
    .map((name) => `packages/${name}/README.md`)
    .filter((name) => existsSync(join(root, name))),
];

const prose = (page: string): string => readFileSync(join(root, page), 'utf8').replaceAll(/```[\s\S]*?```/g, '');

/** As GitHub names them; of headings that are the same it numbers the later ones. */
function anchors(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  const names = [...prose(page).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => {
    const name = heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? name : `${name}-${before}`;
  });
  return new Set(names);
}

function brokenIn(page: string): readonly string[] {
  const targets = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, file))) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchors(file).has(decodeURIComponent(anchor));
  });
}

describe('links', () => {
  it.each(pages)('%s - leads somewhere with each of them', (page) => {
    expect(brokenIn(page)).toEqual([]);
  });

  it.each(['README.md', 'README.zh-CN.md'])('%s - leads to every page of docs', (readme) => {
    const isOther = readme === 'README.md' ? /\.zh-CN\.md$/ : /^docs\/(?:configuration|upgrade)\.md$/;
    const unnamed = pages.filter((page) => page.startsWith('docs/') && !isOther.test(page));
    expect(unnamed.filter((page) => !prose(readme).includes(`](${page})`))).toEqual([]);
  });

  it('are looked at - there are many', () => {
    expect(pages.flatMap((page) => prose(page).match(/\]\((?![a-z]+:)/g) ?? []).length).toBeGreaterThan(40);
  });
});
