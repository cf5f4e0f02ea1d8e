/** The search on this machine, whose places and files are loaded with the first one. */
import { lateModule } from '../../chat/index.js';
import type { DiscoveryReport } from './discover.js';
import type { DiscoveryOptions } from './discovery-options.js';

const parts = lateModule(async () => {
  const [{ inspectDiscovery }, { nodeDiscoveryFileSystem }] = await Promise.all([
    import('./discover.js'),
    import('./node-file-system.js'),
  ]);
  return { inspectDiscovery, nodeDiscoveryFileSystem };
});

/** The addresses worth trying, best first, and what was looked at. @throws GatewayError `not_ready` where it cannot be loaded */
export async function searchLingma(options: DiscoveryOptions): Promise<DiscoveryReport> {
  const { inspectDiscovery, nodeDiscoveryFileSystem } = parts.loaded ?? (await parts.load());
  return inspectDiscovery(options, nodeDiscoveryFileSystem);
}
