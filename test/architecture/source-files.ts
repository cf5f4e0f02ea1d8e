/** The repository's own TypeScript sources and what they import, read as text: fast, and independent of any compiler API. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export interface SourceFile {
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Comments and the contents of template literals blanked. */
  readonly code: string;
  /** Module specifiers of static and dynamic imports and re-exports. */
  readonly imports: readonly string[];
  /** Of these, what is there at run time: not `import type` and `export type`. */
  readonly loads: readonly string[];
}

export function sourceFiles(folder: string): SourceFile[] {
  const found: SourceFile[] = [];
  const walk = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist') continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')) found.push(read(path));
    }
  };
  walk(join(ROOT, folder));
  return found;
}

function read(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[\s;{}(,])\/\/[^\n]*/g, '$1');
  const statements = [
    ...code.matchAll(/(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\s+from\s+)?['"]([^'"]+)['"]/g),
    ...code.matchAll(/\bimport\(\s*(type\s)?['"]([^'"]+)['"]\s*\)/g),
  ].map(([, type, specifier]) => ({ loads: type === undefined, specifier: specifier as string }));
  const imports = statements.map(({ specifier }) => specifier);
  const loads = statements.filter((statement) => statement.loads).map(({ specifier }) => specifier);
  return { path: relative(ROOT, path).split(sep).join('/'), text, code, imports, loads };
}

/** The file a relative specifier leads to, from the root. */
export function resolveImport(from: SourceFile, specifier: string): string {
  return posix.join(posix.dirname(from.path), specifier).replace(/\.js$/, '.ts');
}

export const isTest = (file: SourceFile): boolean => /\.test\.ts$|\/testing\//.test(file.path);
