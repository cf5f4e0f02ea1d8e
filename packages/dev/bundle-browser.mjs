/** Packs code that imports our packages for a place that has Web APIs and nothing else: a browser, a worker. From the sources. */
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const source = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const ENTRY = source('dev/browser-entry.mjs');

/**
 * @param {string} code of a module
 * @returns {Promise<string>} one script, whose exports are those of the global `bundle`
 */
export async function bundleForBrowser(code) {
  const bundle = await rolldown({
    input: ENTRY,
    platform: 'browser',
    logLevel: 'silent',
    resolve: {
      alias: {
        '@lingma-gateway/core/wire': source('core/src/wire/index.ts'),
        '@lingma-gateway/core/chat': source('core/src/chat/index.ts'),
      },
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === ENTRY ? id : undefined),
        load: (id) => (id === ENTRY ? code : undefined),
      },
    ],
  });
  try {
    const { output } = await bundle.generate({ format: 'iife', name: 'bundle', minify: true, codeSplitting: false });
    return output[0].code;
  } finally {
    await bundle.close();
  }
}
