/** `npm run pack [-- folder]`: what would be published, as tarballs (default: `artifacts/`). Prints one line a package. */
import { rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { root } from './packages.mjs';
import { packAll } from './stage.mjs';

const to = process.argv[2] === undefined ? join(root, 'artifacts') : resolve(process.argv[2]);
rmSync(join(to, 'stage'), { recursive: true, force: true });
const repository = process.env.GITHUB_REPOSITORY;
for (const { tarball, size, unpackedSize } of await packAll(to, repository === undefined ? {} : { repository })) {
  console.log(`${basename(tarball)}  ${Math.ceil(size / 1024)} kB, ${Math.ceil(unpackedSize / 1024)} kB unpacked`);
}
rmSync(join(to, 'stage'), { recursive: true, force: true });
