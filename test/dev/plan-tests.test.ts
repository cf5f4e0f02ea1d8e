import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planTests } from '../../packages/dev/plan-tests.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
const plan = (args: readonly string[], cwd = root) => planTests({ args, root, cwd });

describe('npm test -- …', () => {
  it('no file - everything; flags go to the runner', () => {
    expect(plan([])).toEqual({ whole: true, runs: [['run']] });
    expect(plan(['--reporter=dot'])).toEqual({ whole: true, runs: [['run', '--reporter=dot']] });
  });

  it.each([
    ['a test', ['packages/core/src/config/load.test.ts'], ['run', 'packages/core/src/config/load.test.ts']],
    ['a folder', ['packages/core/src/config'], ['run', 'packages/core/src/config']],
    ['a part of a name', ['load'], ['run', 'load']],
    ['an absolute path', [`${root}/test/docs`], ['run', 'test/docs']],
    ['a line', ['test/docs/generated.test.ts:9'], ['run', 'test/docs/generated.test.ts:9']],
    ['a source', ['packages/core/src/config/load.ts'], ['related', '--run', 'packages/core/src/config/load.ts']],
    [
      'a test of real clients',
      ['test/clients/agent-loop.clients.ts', '--bail=1'],
      ['run', '--config', 'test/clients/vitest.config.ts', 'test/clients/agent-loop.clients.ts', '--bail=1'],
    ],
  ])('%s - that alone', (_, args, run) => {
    expect(plan(args)).toEqual({ whole: false, runs: [run] });
  });

  it('tests by name - those alone', () => {
    expect(plan(['-t', 'some name'])).toEqual({ whole: false, runs: [['run', '-t', 'some name']] });
    expect(plan(['test/docs', '-t', 'is what']).runs).toEqual([['run', 'test/docs', '-t', 'is what']]);
  });

  it('a path is relative to where it was typed', () => {
    expect(plan(['src/config/load.test.ts'], `${root}/packages/core`).runs).toEqual([
      ['run', 'packages/core/src/config/load.test.ts'],
    ]);
  });

  it('tests and sources together - both, one after the other', () => {
    expect(plan(['test/docs', 'packages/core/src/config/load.ts']).runs).toHaveLength(2);
  });
});
