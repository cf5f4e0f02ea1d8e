import { mergeConfig } from 'vitest/config';
import base from '../../vitest.config.js';

const config = mergeConfig(base, { test: { fileParallelism: false } });
config.test.include = ['test/agents/*.agents.ts'];
export default config;
