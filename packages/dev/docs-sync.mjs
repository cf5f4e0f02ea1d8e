/**
 * Writes what is generated: from the compiler's declarations docs/api, from the settings registry and the request schemas
 * docs/configuration.md and its Chinese
 * counterpart, docs/compatibility.md, docs/generated/config.schema.json, .env.example, the table in each README and the tables in
 * docs/upgrade.md and its Chinese counterpart; and, from its sources, the shared client as one file.
 * With `--check` it writes nothing and fails when a file is out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configJsonSchema } from '@lingma-gateway/core/config';
import { apiPages } from './api-pages.mjs';
import { compatibilityPage } from './compatibility-page.mjs';
import { llmClientFiles } from './llm-client-file.mjs';
import { chineseConfigurationPage, configurationPage, envExample, withSettingsTable } from './settings-pages.mjs';
import { withUpgradeTables } from './upgrade-tables.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const readme = (path, language) => withSettingsTable(readFileSync(join(root, path), 'utf8'), language);

const upgrade = (path, language) => withUpgradeTables(readFileSync(join(root, path), 'utf8'), language);

const files = {
  'docs/configuration.md': configurationPage(),
  'docs/configuration.zh-CN.md': chineseConfigurationPage(),
  'docs/compatibility.md': compatibilityPage(),
  'docs/generated/config.schema.json': `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
  '.env.example': envExample(),
  'docs/upgrade.md': upgrade('docs/upgrade.md', 'en'),
  'docs/upgrade.zh-CN.md': upgrade('docs/upgrade.zh-CN.md', 'zh-CN'),
  'README.md': readme('README.md', 'en'),
  'README.zh-CN.md': readme('README.zh-CN.md', 'zh-CN'),
  ...(await llmClientFiles(root)),
  ...Object.fromEntries([...apiPages()].map(([path, { text }]) => [path, text])),
};

const check = process.argv.includes('--check');
let stale = 0;
for (const [path, content] of Object.entries(files)) {
  const target = join(root, path);
  if (existsSync(target) && readFileSync(target, 'utf8') === content) continue;
  if (check) {
    console.error(`${path} is out of date: run npm run docs:sync`);
    stale += 1;
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
    console.log(`wrote ${path}`);
  }
}
if (stale > 0) process.exit(1);
