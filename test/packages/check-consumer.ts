/** Compiles a file of a project that uses the packages, as its author's settings would, down to the declarations of theirs. */
import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const tsc = (path: string): string =>
  fileURLToPath(new URL(`../../${path}/node_modules/typescript/bin/tsc`, import.meta.url));
/** The oldest and the newest that many use. */
const COMPILERS = { '5': tsc('packages/dev'), '7': tsc('.') } as const;

export interface ConsumerSettings {
  readonly module: 'node16' | 'nodenext' | 'esnext' | 'commonjs';
  /** Default: what follows from `module`. */
  readonly moduleResolution?: 'bundler';
  /** Which kind of module the file is: by `.mts` and `.cts`, or by the compiler's settings. */
  readonly ending: 'mts' | 'cts' | 'ts';
}

export const CONSUMER_SETTINGS: readonly ConsumerSettings[] = [
  { module: 'node16', ending: 'mts' },
  { module: 'node16', ending: 'cts' },
  { module: 'nodenext', ending: 'mts' },
  { module: 'nodenext', ending: 'cts' },
  { module: 'esnext', moduleResolution: 'bundler', ending: 'mts' },
  { module: 'commonjs', ending: 'ts' },
];

/** What the compiler complains about; empty where it does not. */
export async function checkConsumer(
  dir: string,
  compiler: keyof typeof COMPILERS,
  { module, moduleResolution, ending }: ConsumerSettings,
): Promise<string> {
  const file = `types-${module}.${ending}`;
  copyFileSync(join(dir, 'types.mts'), join(dir, file));
  const config = `tsconfig-${file}.json`;
  const compilerOptions = {
    module,
    ...(moduleResolution !== undefined && { moduleResolution }),
    target: 'es2022',
    // Declarations that cannot be read would pass as `any`, if nobody looked into them.
    skipLibCheck: false,
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    esModuleInterop: true,
    types: ['node'],
  };
  writeFileSync(join(dir, config), JSON.stringify({ compilerOptions, files: [file] }));
  try {
    await run(process.execPath, [COMPILERS[compiler], '-p', config, '--pretty', 'false'], { cwd: dir });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    return `${stdout}${stderr}` || String(error);
  }
}
