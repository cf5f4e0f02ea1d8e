/** The way to the registry, as far as it can be gone here: what is refused, in which order, and what the workflow may do. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { releaseProblems } from '../../packages/dev/publish/check-release.mjs';
import { publishedPackages } from '../../packages/dev/publish/packages.mjs';
import { inOrder, publishAll } from '../../packages/dev/publish/publish.mjs';

const named = (name: string, version: string, dependencies: Record<string, string> = {}) => ({
  name,
  manifest: { name, version, dependencies },
});

describe('a release', () => {
  const packages = [named('one', '1.2.3'), named('two', '1.2.3')];
  const changelog = () => '# one\n\n## 1.2.3\n\nMore.\n\n## 1.2.2\n';

  it.each([
    ['as it should be', 'v1.2.3', packages, changelog, []],
    ['a tag that is no version', 'latest', packages, changelog, ['latest is no version']],
    ['another version than the tag', 'v1.2.4', packages, () => '## 1.2.4', ['one is 1.2.3', 'two is 1.2.3']],
    ['no entry in a changelog', 'v1.2.3', packages, () => undefined, ['one has no entry', 'two has no entry']],
    ['an entry for a longer version alone', 'v1.2.3', [named('one', '1.2.3')], () => '## 1.2.30', ['one has no entry']],
  ])('%s - says what speaks against it', (_case, tag, own, changelogOf, expected) => {
    const problems = releaseProblems(tag, own, changelogOf);
    expect(problems).toHaveLength(expected.length);
    for (const [index, text] of expected.entries()) expect(problems[index]).toContain(text);
  });

  it('the order - a package comes after those of ours that it needs', () => {
    const ordered = inOrder(publishedPackages());
    const names = ordered.map(({ name }) => name);
    expect(names.length).toBe(publishedPackages().length);
    for (const [index, { manifest }] of ordered.entries()) {
      for (const need of Object.keys((manifest.dependencies as Record<string, string> | undefined) ?? {})) {
        if (names.includes(need)) expect(names.indexOf(need)).toBeLessThan(index);
      }
    }
  });

  it('publishing - leaves out what is there, says where each comes from, and stops at the first that fails', () => {
    const three = [named('top', '1.0.0', { base: '^1.0.0' }), named('base', '1.0.0'), named('there', '1.0.0')];
    const calls: string[] = [];
    const answer = (broken?: string) => (args: readonly string[]) => {
      calls.push(args.join(' '));
      if (args[0] === 'view') return args[1]?.startsWith('there@') === true ? 0 : 1;
      return broken !== undefined && args[1]?.includes(broken) === true ? 1 : 0;
    };
    expect(publishAll(three, 'folder', answer())).toEqual(['base', 'top']);
    const publishing = calls.filter((call) => call.startsWith('publish'));
    expect(publishing).toHaveLength(2);
    for (const call of publishing) expect(call).toMatch(/folder.(base|top)-1\.0\.0\.tgz --provenance --access public$/);
    calls.length = 0;
    expect(() => publishAll(three, 'folder', answer('base'))).toThrow('base could not be published');
    expect(calls.filter((call) => call.startsWith('publish'))).toHaveLength(1);
  });
});

describe('the workflow', () => {
  const text = readFileSync(fileURLToPath(new URL('../../.github/workflows/release.yml', import.meta.url)), 'utf8');

  it('actions - are pinned by commit', () => {
    const uses = [...text.matchAll(/uses: (\S+)/g)].map(([, action = '']) => action);
    expect(uses.length).toBeGreaterThan(5);
    expect(uses.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  });

  it('rights - only the job that publishes may prove who it is, and no token is kept', () => {
    expect(text.match(/id-token: write/g)).toHaveLength(1);
    expect(text.indexOf('id-token: write')).toBeGreaterThan(text.indexOf('\n  publish:'));
    expect(text).not.toMatch(/secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/);
    // Names that others choose (a tag) never become part of a command.
    expect(text).not.toMatch(/run:.*\$\{\{/);
  });

  it('its scripts - are there', () => {
    const scripts = [...text.matchAll(/node (packages\/\S+\.mjs)/g)].map(([, path = '']) => path);
    expect(scripts.length).toBe(2);
    for (const path of scripts)
      expect(readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')).not.toBe('');
    const manifest = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
    for (const [, name = ''] of text.matchAll(/npm run (\S+)/g)) expect(manifest.scripts).toHaveProperty([name]);
  });
});
