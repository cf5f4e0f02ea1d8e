/** Bundles the CommonJS of all packages, where something has changed. */
import { writeEntryStubs } from './entry-stubs.mjs';
import { buildLibrary } from './library.mjs';
import { publishedPackages } from './packages.mjs';

for (const own of publishedPackages()) await buildLibrary(own, 'cjs');
writeEntryStubs();
