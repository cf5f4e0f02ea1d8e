import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** Tests read the sources, not `dist`: a red test never means a forgotten build. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@lingma-gateway\/core\/(chat|wire|config|data)$/, replacement: source('core/src/$1/index.ts') },
      {
        find: /^@lingma-gateway\/(bootstrap|core|express|fastify|host-tools|llm-client|login|node|simulator)$/,
        replacement: source('$1/src/index.ts'),
      },
      { find: /^lingma-gateway$/, replacement: source('server/src/index.ts') },
    ],
  },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'],
    setupFiles: [fileURLToPath(new URL('./test/support/patient-waits.ts', import.meta.url))],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
});
