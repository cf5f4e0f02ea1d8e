/** The data folder as a gateway uses it: keys that are made at run time, and rows of usage. */
import { resolve } from 'node:path';
import type { GatewayRecords, Logger } from '@lingma-gateway/core';
import type { LoadedConfig } from '@lingma-gateway/core/config';
import { hasData, KeyStore, openDataFolder, UsageLog } from '@lingma-gateway/core/data';

export interface OpenRecords {
  readonly records: GatewayRecords;
  /** Writes what waits, and lets go of the folder. Never rejects. */
  close(): Promise<void>;
}

/**
 * `undefined`: nothing is to be kept.
 *
 * @throws GatewayError `not_ready` while another gateway has the folder, or where it cannot be used
 */
export async function openRecords(
  { config, origins }: Pick<LoadedConfig, 'config' | 'origins'>,
  logger: Logger,
): Promise<OpenRecords | undefined> {
  const { usage, lingma } = config;
  const path = resolve(lingma.dataDir);
  const isSet = (origins['lingma.dataDir']?.kind ?? 'default') !== 'default';
  if (!(usage.enabled ?? (isSet || (await hasData(path))))) return undefined;
  const folder = await openDataFolder(path, { logger });
  try {
    const keys = await KeyStore.open(path, { logger, watch: true });
    const log = await UsageLog.open(path, { logger, keepDays: usage.keepDays });
    return {
      records: { keys, usage: log },
      async close() {
        keys.close();
        await log.close();
        await folder.release();
      },
    };
  } catch (error) {
    await folder.release();
    throw error;
  }
}
