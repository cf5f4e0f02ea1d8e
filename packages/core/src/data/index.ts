export { type DataFolder, type DataFolderOptions, hasData, type Migrations, openDataFolder } from './data-folder.js';
export { type KeyChange, type KeyEntry, type KeyRequest, keyChange, keyRequest } from './key-entry.js';
export { type IssuedKey, KeyStore, type KeyStoreOptions } from './key-store.js';
export { UsageLog, type UsageLogOptions } from './usage-log.js';
export { readUsageQuery, type UsageQuery, usageCsv, usageJson } from './usage-report.js';
export type { UsageRow, UsageSums } from './usage-row.js';
export type { DaySums, GroupedUsage, UsageGroup, UsageRange, UsageSink, UsageTotals } from './usage-totals.js';
