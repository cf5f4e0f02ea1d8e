/** All packages, packed as they are published, and a project with nothing but them. */
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PackedPackage, packAll } from '../../packages/dev/publish/stage.mjs';
import { installTarballs, type Project } from './install-tarballs.js';

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface PackedPackages {
  readonly packages: ReadonlyMap<string, PackedPackage>;
  readonly project: Project;
  remove(): void;
}

export async function packPackages(): Promise<PackedPackages> {
  const folder = mkdtempSync(join(tmpdir(), 'lingma-tarballs-'));
  const packed = await packAll(folder, { repository: 'owner/name' });
  const project = await installTarballs(packed, {
    own: [[here('..'), 'express', 'fastify', '@types/express', '@types/node']],
  });
  copyConsumer(project.dir);
  return {
    packages: new Map(packed.map((entry) => [entry.name, entry])),
    project,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
      project.remove();
    },
  };
}

/** The programs that use the packages. */
export function copyConsumer(to: string): void {
  for (const name of readdirSync(here('consumer'))) copyFileSync(here(`consumer/${name}`), join(to, name));
}
