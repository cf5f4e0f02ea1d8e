import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CONFIG_READERS,
  CROWDED_ROOMS,
  ENVIRONMENT_READERS,
  FILE_LINES,
  FLOORS,
  PACKAGES,
  PURE,
  ROOM_FILES,
  ROOMS,
  TYPES_ALONE,
} from './floors.js';
import { isTest, resolveImport, type SourceFile, sourceFiles } from './source-files.js';

const all = sourceFiles('packages');
const sources = all.filter((file) => !isTest(file));
const core = sources.filter((file) => file.path.startsWith('packages/core/src/'));
const coreFolder = (path: string): string | undefined => /^packages\/core\/src\/([^/]+)\//.exec(path)?.[1];

const report = (problems: readonly string[]): void => expect(problems.join('\n')).toBe('');

describe('floors', () => {
  it('core - every folder stands in the table', () => {
    const folders = new Set(core.map((file) => coreFolder(file.path)).filter((name) => name !== undefined));
    report([...folders].filter((name) => !(name in FLOORS)));
  });

  it('core - imports point down', () => {
    const problems: string[] = [];
    for (const file of core) {
      const own = coreFolder(file.path);
      if (own === undefined) continue;
      const allowed: readonly string[] = FLOORS[own as keyof typeof FLOORS] ?? [];
      for (const specifier of file.imports.filter((name) => name.startsWith('.'))) {
        const target = coreFolder(resolveImport(file, specifier));
        if (target !== own && (target === undefined || !allowed.includes(target))) {
          problems.push(`${file.path} imports ${specifier}`);
        }
      }
    }
    report(problems);
  });

  it('core - other folders are entered through their index', () => {
    const problems: string[] = [];
    for (const file of core) {
      for (const specifier of file.imports.filter((name) => name.startsWith('.'))) {
        const target = resolveImport(file, specifier);
        const from = coreFolder(file.path);
        const to = coreFolder(target);
        // Floor 1 reads single files of floor 0: a type import of one word should not need the whole index.
        if (to === undefined || to === from || to === 'util') continue;
        // What every request needs of a folder whose rest is loaded late has a door of its own.
        if (![`packages/core/src/${to}/index.ts`, `packages/core/src/${to}/light.ts`].includes(target))
          problems.push(`${file.path} imports ${specifier}`);
      }
    }
    report(problems);
  });

  it('core - pure folders know no Node', () => {
    const problems: string[] = [];
    for (const file of core) {
      if (!(PURE as readonly (string | undefined)[]).includes(coreFolder(file.path))) continue;
      for (const specifier of file.imports) {
        if (/^(node:|ws$|undici$)/.test(specifier)) problems.push(`${file.path} imports ${specifier}`);
      }
      if (/\b(Buffer|process)\./.test(file.code)) problems.push(`${file.path} uses a Node global`);
    }
    report(problems);
  });

  it('core - only the composition reads GatewayConfig', () => {
    const problems = sources.filter(
      (file) =>
        /\bGatewayConfig\b/.test(file.code) &&
        !file.path.startsWith('packages/core/src/config/') &&
        !CONFIG_READERS.some((reader) => file.path.startsWith(reader)),
    );
    report(problems.map((file) => file.path));
  });

  it('packages - see each other as the table says and through the exports map', () => {
    const problems: string[] = [];
    for (const file of sources) {
      const name = file.path.split('/')[1] as string;
      if (!(name in PACKAGES)) continue;
      const allowed: readonly string[] = PACKAGES[name as keyof typeof PACKAGES];
      for (const specifier of file.imports) {
        if (!/^(@lingma-gateway\/|lingma-gateway)/.test(specifier)) continue;
        const target = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier;
        if (!allowed.includes(target)) problems.push(`${file.path} imports ${specifier}`);
      }
    }
    report(problems);
  });

  it('packages - those that need types alone load nothing of core', () => {
    const loading =
      /(?:^|\n)\s*(?:import|export)\s+(?!type\b)[^;]*?from\s+'@lingma-gateway\/core|import\(\s*'@lingma-gateway\/core/;
    const files = sources.filter((file) => TYPES_ALONE.includes(file.path.split('/')[1] as string));
    expect(files.length).toBeGreaterThan(0);
    report(files.filter((file) => loading.test(file.code)).map((file) => file.path));
  });
});

describe.each(ROOMS)('rooms of $folder', ({ folder, table, types }) => {
  const files = sources.filter((file) => file.path.startsWith(`${folder}/`));
  const folderOf = (path: string): string => posix.relative(folder, posix.dirname(path)) || '.';
  const roomOf = (path: string): string => {
    const file = posix.relative(folder, path).replace(/\.ts$/, '');
    return file in table ? file : folderOf(path);
  };

  it('every room stands in the table, and every room of the table holds files', () => {
    expect(Object.keys(table).sort()).toEqual([...new Set(files.map((file) => roomOf(file.path)))].sort());
  });

  it('the table - a room may need only rooms that stand below it', () => {
    const order = Object.keys(table);
    report(
      order.flatMap((room, index) =>
        (table[room] ?? []).filter((other) => order.indexOf(other) <= index).map((other) => `${room} needs ${other}`),
      ),
    );
  });

  it('imports - are those of the table', () => {
    const problems: string[] = [];
    for (const file of files) {
      const own = roomOf(file.path);
      for (const specifier of (types === 'free' ? file.loads : file.imports).filter((name) => name.startsWith('.'))) {
        const target = resolveImport(file, specifier);
        const room = roomOf(target);
        if (!target.startsWith(`${folder}/`) || room === own || table[own]?.includes(room) === true) continue;
        problems.push(`${file.path} imports ${specifier}`);
      }
    }
    report(problems);
  });

  it('size - about a dozen files flat in a room', () => {
    const sizes = new Map<string, number>();
    for (const { path } of files) sizes.set(folderOf(path), (sizes.get(folderOf(path)) ?? 0) + 1);
    report(
      [...sizes]
        .filter(([room, size]) => size > ROOM_FILES && !CROWDED_ROOMS.includes(posix.join(folder, room)))
        .map(([room, size]) => `${room} holds ${size} files`),
    );
  });
});

describe('files', () => {
  it('size - under the hard limit, with a reason above the soft one', () => {
    const problems: string[] = [];
    for (const file of sources) {
      const lines = file.text.split('\n').length - 1;
      if (lines > FILE_LINES.hard) problems.push(`${file.path} has ${lines} lines`);
      else if (lines > FILE_LINES.soft && !/Over 250 lines/.test(file.text)) {
        problems.push(`${file.path} has ${lines} lines and no reason ("Over 250 lines: …") in its header`);
      }
    }
    report(problems);
  });

  it('names - kebab-case, and none that say nothing', () => {
    const vague = /(^|[-/])(utils?|helpers?|manager|service|base|common|misc)(\.ts|-|\/|$)/;
    report(
      all
        .map((file) => file.path.replace(/^packages\//, '').replace(/^core\/src\/util\//, ''))
        .filter((path) => !/^[a-z0-9./-]+$/.test(path) || vague.test(path)),
    );
  });

  it('imports - no cycles, not even inside a folder', () => {
    const byPath = new Map(sources.map((file) => [file.path, file]));
    const state = new Map<string, 'open' | 'done'>();
    const cycles: string[] = [];
    const visit = (file: SourceFile, trail: readonly string[]): void => {
      const known = state.get(file.path);
      if (known === 'done') return;
      if (known === 'open') {
        cycles.push([...trail.slice(trail.indexOf(file.path)), file.path].join(' -> '));
        return;
      }
      state.set(file.path, 'open');
      for (const specifier of file.imports.filter((name) => name.startsWith('.'))) {
        const target = byPath.get(resolveImport(file, specifier));
        if (target !== undefined) visit(target, [...trail, file.path]);
      }
      state.set(file.path, 'done');
    };
    for (const file of sources) visit(file, []);
    report(cycles);
  });

  it('code - no any, no star exports, no environment, no bare timers', () => {
    const problems: string[] = [];
    for (const file of sources) {
      if (/\bas any\b|[^?]:\s*any\b|<any>/.test(file.code)) problems.push(`${file.path}: any`);
      if (/export \* from/.test(file.code)) problems.push(`${file.path}: export *`);
      if (/\bprocess\.env\b/.test(file.code) && !ENVIRONMENT_READERS.some((reader) => file.path.startsWith(reader))) {
        problems.push(`${file.path}: process.env`);
      }
      if (
        file.path.startsWith('packages/core/') &&
        file.path !== 'packages/core/src/util/clock.ts' &&
        /\bset(Timeout|Interval)\(/.test(file.code)
      ) {
        problems.push(`${file.path}: a timer outside util/clock.ts`);
      }
      // The difference of two readings of a clock that somebody may set measures nothing; a file's age is no such interval.
      if (/\b(Date|[cC]lock)\.now\(\) - (?!mtime)|[\w)] - [\w.#]*(Date|[cC]lock)\.now\(\)/.test(file.code)) {
        problems.push(`${file.path}: an interval by the wall clock`);
      }
    }
    report(problems);
  });

  it('headers - every source file says what it is', () => {
    report(
      sources
        .filter(
          (file) => !file.path.endsWith('/index.ts') && !/^(#!.*\n)?(import[^\n]*\n|\s)*\/(\*\*|\/)/.test(file.text),
        )
        .map((file) => file.path),
    );
  });
});
