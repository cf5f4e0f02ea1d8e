/** Params of `initialize` (protocol section 4): one call opens both dialects, unknown members are ignored. */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { JsonObject } from '../../util/index.js';

export function buildInitialize(cwd: string, now: number): JsonObject {
  const rootUri = pathToFileURL(cwd).href;
  return {
    processId: process.pid,
    clientInfo: { name: 'lingma-gateway', version: '1.0.0' },
    rootUri,
    rootPath: cwd,
    capabilities: {},
    workspaceFolders: [{ uri: rootUri, name: basename(cwd) || 'workspace' }],
    // ACP: neither files nor terminals are offered.
    protocolVersion: 1,
    clientCapabilities: {},
    timestamp: now,
  };
}
