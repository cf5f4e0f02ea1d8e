import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.js';

const config = mergeConfig(base, { test: { fileParallelism: false, testTimeout: 120_000, hookTimeout: 180_000 } });
config.test.include = ['test/packages/*.packages.ts'];
export default config;
