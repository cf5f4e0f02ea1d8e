/** The version of this package, by its own name: in a bundle the file stands at another depth. */
import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('lingma-gateway/package.json') as { readonly version: string };

export const VERSION = manifest.version;
